/**
 * Queries for documents of the indexer in which one of many indicators stands; the matcher then decides. Whole values are
 * looked up in every field, which costs next to nothing. Values inside longer ones are looked for where Wazuh keeps such:
 * in text fields by the terms that OpenSearch's standard analyzer makes, and in a few composite fields (URLs, command
 * lines, queried names, digests) by one regular expression: over hundreds of fields that took OpenSearch minutes.
 */
import ipaddr from 'ipaddr.js'
import type { Json } from '../lib/canonical-json.ts'
import type { HuntedIndicator } from '../store/intel-hunts.ts'
import type { TimeField } from '../wazuh/indexer.ts'

/** Fields of the history by how they are searched. */
export interface HistoryFields {
  readonly keyword: readonly string[]
  /** Those of the keyword fields whose values hold others. */
  readonly composite: readonly string[]
  readonly text: readonly string[]
  readonly address: readonly string[]
}

/** Say nothing about what happened: what rules and Tocsin itself wrote. */
const unsearched =
  /^(?:rule|decoder|cluster|input|manager|GeoLocation|tocsin|wazuh\.(?:rule|cluster))\.|^_|^@/

const compositeName =
  /(?:^|[._])(?:url|uri|hashes|query|queryname|rrname|sni|domain|host|hostname|destinationhostname|commandline|command|referer|http_refer|question\.name)$/i
const mostComposite = 24

/** Fields that hold one address as a keyword. */
const addressName = /(?:^|[._])(?:\w*ip|\w*address|ipaddr\w*)$/i

/** Reads the answer of `_field_caps?fields=*`. Fields of other types hold no indicator. */
export function historyFields(reply: unknown): HistoryFields {
  const fields = member(reply, 'fields')
  const of = (wanted: readonly string[]) =>
    Object.entries(fields)
      .filter(
        ([name, types]) => !unsearched.test(name) && wanted.some(type => Object.hasOwn(Object(types), type)),
      )
      .map(([name]) => name)
      .sort()
  const keyword = of(['keyword', 'wildcard', 'constant_keyword'])
  const composite = keyword.filter(field => compositeName.test(field)).slice(0, mostComposite)
  return { keyword, composite, text: of(['text']), address: of(['ip']) }
}

function member(value: unknown, key: string): object {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return typeof found === 'object' && found !== null ? found : {}
}

/** OpenSearch refuses longer regular expressions (index.max_regex_length) and more clauses than 1024. */
const longestPattern = 900
const mostClauses = 900

/** The indicators that can be hunted in the indexer, in batches of one query each. */
export function historyBatches(indicators: readonly HuntedIndicator[]): HuntedIndicator[][] {
  const batches: HuntedIndicator[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const indicator of indicators) {
    const pattern = patternOf(indicator)
    if (pattern === undefined || pattern.length > longestPattern) continue
    if (length + pattern.length + 1 > longestPattern) {
      batches.push([])
      length = 0
    }
    batches.at(-1)?.push(indicator)
    length += pattern.length + 1
  }
  return batches
}

/** A query, and what the documents that it finds call their time. */
export interface HistoryQuery {
  readonly query: Json
  readonly timeField: TimeField
}

/** Documents of a span by their time: alerts of Wazuh 4, then findings of Wazuh 5, which have `@timestamp` only. */
export function documentsOfSpan(span: {
  readonly fromMs: number
  readonly toMs: number
}): readonly { readonly timeField: TimeField; readonly filter: Json[] }[] {
  const within = { gte: span.fromMs, lt: span.toMs, format: 'epoch_millis' }
  return [
    { timeField: 'timestamp', filter: [{ range: { timestamp: within } }] },
    {
      timeField: '@timestamp',
      filter: [
        { range: { '@timestamp': within } },
        { bool: { must_not: [{ exists: { field: 'timestamp' } }] } },
      ],
    },
  ]
}

/** Queries that together find what the batch may stand in: one for each group of fields that fits into a query. */
export function historyQueries(
  batch: readonly HuntedIndicator[],
  fields: HistoryFields,
  span: { readonly fromMs: number; readonly toMs: number },
): HistoryQuery[] {
  const pattern = `.*(${batch.map(indicator => patternOf(indicator)).join('|')}).*`
  const values = batch.flatMap(spellingsOf)
  const ranges = batch.filter(({ type }) => type === 'cidr')
  const addresses = batch.filter(({ type }) => ['ipv4', 'ipv6', 'cidr'].includes(type))
  const clauses: Clause[] = [
    ...fields.keyword.flatMap(field => [
      ...(values.length === 0 ? [] : [one({ terms: { [field]: values } })]),
      ...(addressName.test(field) ? ranges : []).map(range =>
        one({ prefix: { [field]: needleOf(range) ?? '' } }),
      ),
    ]),
    ...fields.composite.map(field => regexp(field, pattern)),
    ...fields.text.flatMap(field => textClauses(field, batch)),
    ...(addresses.length === 0 ? [] : fields.address).map(field =>
      one({ terms: { [field]: addresses.map(({ value }) => value) } }),
    ),
  ]
  const groups: Json[][] = []
  let group: Json[] = []
  let size = 0
  const close = () => {
    if (group.length > 0) groups.push(group)
  }
  for (const clause of clauses) {
    if (size + clause.size > mostClauses) {
      close()
      group = []
      size = 0
    }
    group.push(clause.query)
    size += clause.size
  }
  close()
  return documentsOfSpan(span).flatMap(({ timeField, filter }) =>
    groups.map(should => ({ timeField, query: { bool: { filter, should, minimum_should_match: 1 } } })),
  )
}

interface Clause {
  /** How much of OpenSearch's limit it takes. */
  readonly size: number
  readonly query: Json
}

function one(query: Json): Clause {
  return { size: 1, query }
}

function regexp(field: string, value: string): Clause {
  return one({ regexp: { [field]: { value, case_insensitive: true, max_determinized_states: 50_000 } } })
}

/** The ways in which sources write a value that is a field of its own. */
function spellingsOf({ type, value }: HuntedIndicator): string[] {
  switch (type) {
    case 'ipv6':
      return ipaddr.IPv6.isValid(value)
        ? [value, ipaddr.IPv6.parse(value).toString(), ipaddr.IPv6.parse(value).toNormalizedString()]
        : []
    case 'domain':
      return [value.toLowerCase(), `${value.toLowerCase()}.`, value.toUpperCase()]
    case 'url':
      return [value, `${value}/`]
    case 'cidr':
      return []
    default:
      return [value.toLowerCase(), value.toUpperCase()]
  }
}

/**
 * The standard analyzer cuts a value at hyphens, slashes and where a dot stands between a letter and a digit. What is
 * between two cuts is a whole term; the first and the last piece may be glued to what stands around the value.
 */
function textClauses(field: string, batch: readonly HuntedIndicator[]): Clause[] {
  const whole: string[] = []
  const cut: Clause[] = []
  for (const indicator of batch) {
    const pieces = piecesOf(indicator)
    const [first = '', last = ''] = [pieces[0], pieces.at(-1)]
    if (pieces.length === 1) whole.push(escapeForLucene(first))
    else if (pieces.length > 1)
      cut.push({
        size: pieces.length,
        query: {
          bool: {
            filter: [
              regexp(field, `.*${escapeForLucene(first)}`).query,
              ...pieces.slice(1, -1).map(piece => ({ term: { [field]: piece } })),
              regexp(field, `${escapeForLucene(last)}.*`).query,
            ],
          },
        },
      })
  }
  return [...(whole.length === 0 ? [] : [regexp(field, `.*(${whole.join('|')}).*`)]), ...cut]
}

function piecesOf(indicator: HuntedIndicator): string[] {
  const needle = needleOf(indicator) ?? ''
  // Of a URL the host is enough: its path is cut into many pieces, some of which the analyzer drops.
  const searched = indicator.type === 'url' ? (needle.split(/[/?#]/)[0] ?? '') : needle
  return searched
    .toLowerCase()
    .split(/[^\p{L}\p{N}_.]+|(?<=\p{N})\.(?=\p{L})|(?<=\p{L})\.(?=\p{N})/u)
    .map(piece => piece.replaceAll(/^\.+|\.+$/g, ''))
    .filter(piece => piece !== '')
}

function patternOf(indicator: HuntedIndicator): string | undefined {
  const needle = needleOf(indicator)
  return needle === undefined ? undefined : escapeForLucene(needle)
}

/** Lucene's regular expressions: all but letters and digits may be escaped. Some sources double backslashes. */
function escapeForLucene(text: string): string {
  return text.replaceAll(/\\+|[^\p{L}\p{N}]/gu, character => {
    if (character.startsWith('\\')) return '\\\\+'
    return character > '\u007f' ? character : `\\${character}`
  })
}

/** The part of an indicator that stands in every text that it matches; undefined where there is none worth asking for. */
function needleOf({ type, value }: HuntedIndicator): string | undefined {
  switch (type) {
    case 'ipv4':
    case 'domain':
    case 'email':
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'sha512':
    case 'cve':
      return value.toLowerCase()
    case 'ipv6':
      return ipaddr.IPv6.isValid(value) ? ipaddr.IPv6.parse(value).toString() : undefined
    case 'url':
      return value.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    case 'cidr':
      return rangeNeedle(value)
    default:
      return undefined
  }
}

/** What the addresses of a range begin with, in whole parts; ranges too wide for one have none. */
function rangeNeedle(range: string): string | undefined {
  if (!ipaddr.isValidCIDR(range)) return undefined
  const [address, length] = ipaddr.parseCIDR(range)
  if (address instanceof ipaddr.IPv4) {
    const parts = address.octets.slice(0, Math.floor(length / 8))
    return parts.length === 0 ? undefined : `${parts.join('.')}${parts.length === 4 ? '' : '.'}`
  }
  const parts = address.parts.slice(0, Math.floor(length / 16))
  const zero = parts.indexOf(0)
  const certain = zero < 0 ? parts : parts.slice(0, zero)
  return certain.length === 0 ? undefined : `${certain.map(part => part.toString(16)).join(':')}:`
}
