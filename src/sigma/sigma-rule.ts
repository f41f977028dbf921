import { type Document, isMap, isPair, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import type { Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'
import { type Problem, problem } from '../lib/problem.ts'

/** Where events come from, in Sigma's taxonomy. */
export interface LogSource {
  readonly product?: string
  readonly category?: string
  readonly service?: string
}

export interface SigmaRule {
  readonly kind: 'rule'
  readonly id: string
  /** The rule's `name`, by which correlations may refer to it. */
  readonly name: string | undefined
  readonly title: string
  readonly description: string
  readonly status: string
  readonly level: string
  readonly author: string
  readonly tags: readonly string[]
  readonly references: readonly string[]
  readonly falsePositives: readonly string[]
  readonly logSource: LogSource
  /** Search identifiers, `condition` and `timeframe` left out. */
  readonly searches: Readonly<Record<string, Json>>
  /** One or more; any of them is enough. */
  readonly conditions: readonly string[]
}

const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const
export type CorrelationType = (typeof correlationTypes)[number]

export interface SigmaCorrelation {
  readonly kind: 'correlation'
  readonly id: string
  readonly name: string | undefined
  readonly title: string
  readonly level: string
  readonly type: CorrelationType
  /** Ids or names of the rules that it counts. */
  readonly rules: readonly string[]
  readonly groupBy: readonly string[]
  readonly timespanSeconds: number
  /** For each alias, the field to read in each referred rule's events. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly bounds: readonly { readonly operator: Bound; readonly value: number }[]
  /** For the `value_*` types. */
  readonly field: string | undefined
  readonly percentile: number
}

export type Bound = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq'
const boundNames: readonly Bound[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq']

/** One YAML document of a Sigma file: what it holds, or nothing where it cannot be read. */
export interface SigmaDocument {
  readonly content: SigmaRule | SigmaCorrelation | undefined
  readonly problems: readonly Problem[]
}

const sizeLimit = 1024 * 1024

/**
 * Reads a Sigma file: one or more YAML documents, each a rule or a correlation. Never throws; problems carry line and
 * column. Source: Sigma specification 2.1 (rules, correlation rules), with the older `action: global` understood.
 */
export function parseSigma(text: string): SigmaDocument[] {
  if (text.length > sizeLimit) {
    return [
      {
        content: undefined,
        problems: [
          problem(
            'too-large',
            `a Sigma file has at most ${sizeLimit} characters; this one has ${text.length}`,
          ),
        ],
      },
    ]
  }
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, merge: true })
  const list = Array.isArray(documents) ? documents : []
  let global: Record<string, Json> = {}
  const results: SigmaDocument[] = []
  for (const document of list) {
    const place = (path: string) => placeOf(document, path, lines)
    const errors = [...document.errors, ...document.warnings].map(error =>
      problem('yaml', firstLine(error.message), lineColumn(lines, error.pos[0])),
    )
    const plain = errors.length === 0 ? plainValue(document) : undefined
    if (plain === undefined) {
      results.push({
        content: undefined,
        problems:
          errors.length > 0 ? errors : [problem('yaml', 'aliases expand to too much: write the values out')],
      })
      continue
    }
    if (plain === null) continue // An empty document, as after a trailing `---`.
    if (!isRecord(plain)) {
      results.push({
        content: undefined,
        problems: [
          problem(
            'not-a-rule',
            'a Sigma rule is a YAML mapping with title, logsource and detection',
            'line 1',
          ),
        ],
      })
      continue
    }
    if (plain.action === 'global') {
      global = plain
      continue
    }
    const { action: _action, ...merged } = { ...global, ...plain }
    results.push('correlation' in merged ? readCorrelation(merged, place) : readRule(merged, place))
  }
  return results.length > 0
    ? results
    : [{ content: undefined, problems: [problem('empty', 'the file holds no rule')] }]
}

type Place = (path: string) => string | undefined

function readRule(source: Record<string, Json>, place: Place): SigmaDocument {
  const problems: Problem[] = []
  const need = (key: string, message: string) => problems.push(problem('missing', message, place(key)))
  if (typeof source.title !== 'string')
    need('title', '`title` is missing: say in one line what the rule detects')
  const logSource = isRecord(source.logsource) ? source.logsource : undefined
  if (logSource === undefined) need('logsource', '`logsource` is missing: name product, category or service')
  const detection = isRecord(source.detection) ? source.detection : undefined
  if (detection === undefined) {
    need('detection', '`detection` is missing: it holds the searches and the condition')
    return { content: undefined, problems }
  }
  const { condition, timeframe: _timeframe, ...searches } = detection
  const conditions = (Array.isArray(condition) ? condition : [condition]).filter(
    entry => typeof entry === 'string',
  )
  if (conditions.length === 0) {
    need('detection', '`detection.condition` is missing: it says how the searches combine')
    return { content: undefined, problems }
  }
  return {
    content: {
      kind: 'rule',
      ...heading(source),
      description: textOf(source.description),
      status: textOf(source.status),
      author: textOf(source.author),
      tags: texts(source.tags),
      references: texts(source.references),
      falsePositives: texts(source.falsepositives),
      logSource: {
        ...optionalText('product', logSource?.product),
        ...optionalText('category', logSource?.category),
        ...optionalText('service', logSource?.service),
      },
      searches,
      conditions,
    },
    problems,
  }
}

function readCorrelation(source: Record<string, Json>, place: Place): SigmaDocument {
  const body = isRecord(source.correlation) ? source.correlation : {}
  const problems: Problem[] = []
  const type = correlationTypes.find(name => name === body.type)
  const timespanSeconds = parseTimespan(body.timespan)
  const rules = texts(body.rules)
  if (type === undefined) {
    problems.push(
      problem(
        'correlation-type',
        `correlation type '${textOf(body.type)}' is unknown; there are ${correlationTypes.join(', ')}`,
        place('correlation'),
      ),
    )
  }
  if (timespanSeconds === undefined) {
    problems.push(
      problem(
        'correlation-timespan',
        '`timespan` is missing or not like 30s, 5m, 1h, 1d',
        place('correlation'),
      ),
    )
  }
  if (rules.length === 0)
    problems.push(problem('correlation-rules', '`rules` names no rule', place('correlation')))
  const condition = isRecord(body.condition) ? body.condition : {}
  const bounds = boundNames.flatMap(operator => {
    const value = condition[operator]
    return typeof value === 'number' ? [{ operator, value }] : []
  })
  const counts = type !== undefined && !type.startsWith('temporal')
  if (counts && bounds.length === 0) {
    problems.push(
      problem(
        'correlation-condition',
        `\`condition\` needs a bound: one of ${boundNames.join(', ')} with a number`,
        place('correlation'),
      ),
    )
  }
  if (
    type === undefined ||
    timespanSeconds === undefined ||
    rules.length === 0 ||
    (counts && bounds.length === 0)
  ) {
    return { content: undefined, problems }
  }
  const field = typeof condition.field === 'string' ? condition.field : undefined
  if (type.startsWith('value_') && field === undefined) {
    return {
      content: undefined,
      problems: [problem('correlation-field', `${type} needs \`condition.field\``, place('correlation'))],
    }
  }
  return {
    content: {
      kind: 'correlation',
      ...heading(source),
      type,
      rules,
      groupBy: texts(body['group-by']),
      timespanSeconds,
      aliases: readAliases(body.aliases),
      bounds,
      field,
      percentile: typeof condition.percentile === 'number' ? condition.percentile : 50,
    },
    problems,
  }
}

function heading(source: Record<string, Json>) {
  const name = typeof source.name === 'string' ? source.name : undefined
  return {
    id: textOf(source.id) || name || textOf(source.title),
    name,
    title: textOf(source.title),
    level: textOf(source.level),
  }
}

function readAliases(value: Json | undefined): SigmaCorrelation['aliases'] {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([alias, fields]) => [
      alias,
      isRecord(fields)
        ? Object.fromEntries(Object.entries(fields).map(([rule, field]) => [rule, textOf(field)]))
        : {},
    ]),
  )
}

const unitSeconds: Record<string, number> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
}

function parseTimespan(value: Json | undefined): number | undefined {
  const match = /^(\d{1,6})([smhdwMy])$/.exec(textOf(value))
  return match === null ? undefined : Number(match[1]) * (unitSeconds[match[2] ?? ''] ?? 1)
}

/** The value of a YAML document; undefined where it cannot be read or has no end. */
export function plainValue(document: Document.Parsed): Json | undefined {
  try {
    const value = document.toJS({ maxAliasCount: 50 }) as Json // The YAML core schema makes nothing but plain values.
    // An alias may stand within what it names: what has no end is no rule.
    JSON.stringify(value)
    return value
  } catch {
    return undefined
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

function texts(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  return list.map(textOf).filter(text => text !== '')
}

function optionalText<K extends string>(key: K, value: Json | undefined): { [P in K]?: string } {
  const text = textOf(value)
  const result: { [P in K]?: string } = {}
  if (text !== '') result[key] = text
  return result
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}

function lineColumn(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `line ${line}, column ${col}`
}

/** Where a top-level key of a document stands. */
export function placeOf(document: Document.Parsed, key: string, lines: LineCounter): string | undefined {
  if (!isMap(document.contents)) return undefined
  const pair = document.contents.items.find(
    item => isPair(item) && isScalar(item.key) && item.key.value === key,
  )
  const range = pair !== undefined && isScalar(pair.key) ? pair.key.range : document.contents.range
  return range ? lineColumn(lines, range[0]) : undefined
}
