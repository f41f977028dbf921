import { z } from 'zod'
import { AppError } from '../../lib/app-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { isRecord } from '../../lib/is-record.ts'
import type { Indexer } from '../../wazuh/indexer.ts'

/** A search of the Wazuh indexer as a person sees and edits it. */
export interface IndexerQuery {
  readonly index: string
  /** OpenSearch query DSL: `query`, `aggs`, `sort`, `size`, `from`, `_source`. */
  readonly body: { readonly [name: string]: Json }
}

/** The indices that may be searched. Those of the security plugin and of Tocsin are not among them. */
const indexPattern =
  /^(?:wazuh-alerts|wazuh-archives|wazuh-findings|wazuh-events|wazuh-states|wazuh-monitoring|wazuh-statistics)(?:-[\w.*-]{0,100})?$/

const queryKinds = new Set([
  'match_all',
  'match_none',
  'bool',
  'term',
  'terms',
  'range',
  'match',
  'match_phrase',
  'match_phrase_prefix',
  'multi_match',
  'exists',
  'prefix',
  'wildcard',
  'ids',
  'simple_query_string',
])
const aggregationKinds = new Set([
  'terms',
  'date_histogram',
  'histogram',
  'cardinality',
  'value_count',
  'min',
  'max',
  'avg',
  'sum',
  'range',
  'filter',
  'filters',
  'missing',
  'top_hits',
  'significant_terms',
])
const bodyMembers = new Set(['query', 'aggs', 'sort', 'size', 'from', '_source'])

const limits = {
  size: 100,
  from: 9_900,
  depth: 8,
  clauses: 200,
  aggregations: 20,
  buckets: 200,
  /** Of one answer, nested ones multiplied: what comes back is read whole. */
  bucketsInAll: 10_000,
  /** Documents over all buckets. */
  topHitsInAll: 500,
  textLength: 20_000,
}

/**
 * Checks a query against the allow-list, whoever wrote it: a person, code or a model. Scripts, regular expressions,
 * nested indices, runtime fields and everything else that is not named here are refused. Returns the query as it will
 * be sent, bounded. Throws `bad-query`, saying where.
 */
export function checkQuery(query: IndexerQuery): IndexerQuery {
  if (!indexPattern.test(query.index))
    throw bad('index', `'${query.index.slice(0, 60)}' is not an index of Wazuh's alerts, events or states`)
  if (JSON.stringify(query.body).length > limits.textLength)
    throw bad('body', `it is longer than ${limits.textLength} characters`)
  const counted = { clauses: 0, aggregations: 0 }
  const body: Record<string, Json> = {}
  for (const [name, value] of Object.entries(query.body)) {
    if (!bodyMembers.has(name)) throw bad(name, `only ${[...bodyMembers].join(', ')} may stand here`)
    body[name] = value
  }
  checkClause(body.query ?? { match_all: {} }, 'query', 0, counted)
  if (body.aggs !== undefined) checkAggregations(body.aggs, 'aggs', 0, counted)
  if (body.sort !== undefined) checkSort(body.sort)
  if (body._source !== undefined) checkSource(body._source)
  return {
    index: query.index,
    body: {
      ...body,
      query: body.query ?? { match_all: {} },
      size: bounded(body.size, 'size', body.aggs === undefined ? 20 : 0, limits.size),
      from: bounded(body.from, 'from', 0, limits.from),
    },
  }
}

/** Reads what stands in the editor: `{"index": …, "body": {…}}`. Throws `bad-query`. */
export function parseQuery(text: string): IndexerQuery {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw bad('query', `it is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = z.object({ index: z.string(), body: z.record(z.string(), z.json()) }).safeParse(value)
  if (!parsed.success) throw bad('query', 'it must be {"index": "wazuh-alerts-*", "body": {…}}')
  return checkQuery(parsed.data)
}

function checkClause(node: Json, where: string, depth: number, counted: { clauses: number }): void {
  if (depth > limits.depth) throw bad(where, `it is nested deeper than ${limits.depth}`)
  if (++counted.clauses > limits.clauses) throw bad(where, `it has more than ${limits.clauses} clauses`)
  const entries = Object.entries(objectAt(node, where))
  const [entry] = entries
  if (entry === undefined || entries.length !== 1) throw bad(where, 'a clause has exactly one kind')
  const [kind, body] = entry
  if (!queryKinds.has(kind))
    throw bad(where, `'${kind}' is not allowed; allowed are ${[...queryKinds].join(', ')}`)
  if (kind === 'bool') {
    for (const [part, value] of Object.entries(objectAt(body, `${where}/bool`))) {
      if (part === 'minimum_should_match' || part === 'boost') continue
      if (!['must', 'must_not', 'should', 'filter'].includes(part))
        throw bad(`${where}/bool`, `'${part}' is not allowed`)
      const list = Array.isArray(value) ? value : [value]
      for (const [index, each] of list.entries())
        checkClause(each ?? null, `${where}/bool/${part}/${index}`, depth + 1, counted)
    }
    return
  }
  if (kind === 'wildcard' || kind === 'prefix') {
    const text = JSON.stringify(body)
    if (/:\s*(?:\{"value":)?"[*?]/.test(text))
      throw bad(`${where}/${kind}`, 'a pattern may not begin with * or ?: it would read the whole index')
  }
  refuseScripts(body, `${where}/${kind}`, depth)
}

/** Inside a leaf nothing may bring another index or code in: a `terms` lookup, a script. */
function refuseScripts(node: Json, where: string, depth: number): void {
  if (depth > limits.depth + 4) throw bad(where, 'it is nested too deeply')
  if (typeof node !== 'object' || node === null) return
  for (const [name, value] of Object.entries(node)) {
    if (['script', 'index', 'runtime_mappings', 'script_fields', 'params', 'lang'].includes(name))
      throw bad(where, `'${name}' is not allowed`)
    refuseScripts(value, `${where}/${name}`, depth + 1)
  }
}

function checkAggregations(
  node: Json,
  where: string,
  depth: number,
  counted: { clauses: number; aggregations: number },
  /** In how many buckets it is worked out. */
  within = 1,
): void {
  if (depth > 4) throw bad(where, 'aggregations are nested deeper than 4')
  for (const [name, value] of Object.entries(objectAt(node, where))) {
    if (++counted.aggregations > limits.aggregations)
      throw bad(where, `there are more than ${limits.aggregations} aggregations`)
    const parts = objectAt(value, `${where}/${name}`)
    const times = within * bucketsOf(parts)
    if (times > limits.bucketsInAll)
      throw bad(`${where}/${name}`, `it has more than ${limits.bucketsInAll} buckets in all`)
    for (const [kind, body] of Object.entries(parts)) {
      const place = `${where}/${name}/${kind}`
      if (kind === 'aggs') {
        checkAggregations(body, place, depth + 1, counted, times)
        continue
      }
      if (!aggregationKinds.has(kind)) throw bad(place, `'${kind}' is not allowed`)
      if (kind === 'filter') checkClause(body, place, depth + 1, counted)
      else if (kind === 'filters') {
        for (const [key, each] of Object.entries(objectAt(objectAt(body, place).filters ?? {}, place)))
          checkClause(each, `${place}/${key}`, depth + 1, counted)
      } else {
        refuseScripts(body, place, depth)
        const size = objectAt(body, place).size
        if (size !== undefined && (typeof size !== 'number' || size > limits.buckets))
          throw bad(place, `size may be ${limits.buckets} at most`)
        if (kind === 'top_hits' && (size ?? 3) * within > limits.topHitsInAll)
          throw bad(place, `it brings more than ${limits.topHitsInAll} documents over all buckets`)
      }
    }
  }
}

/** How many buckets an aggregation may make: 10 where it says nothing, as the indexer does. */
function bucketsOf(parts: { readonly [name: string]: Json }): number {
  const listed = parts.terms ?? parts.significant_terms
  if (listed !== undefined) {
    const { size = 10 } = objectAt(listed, 'terms')
    return typeof size === 'number' ? size : 10
  }
  // The indexer itself ends what has too many; each is as many as a person can read.
  return parts.date_histogram !== undefined || parts.histogram !== undefined ? limits.buckets : 1
}

function checkSort(node: Json): void {
  if (/"_script"/.test(JSON.stringify(node))) throw bad('sort', 'a script is not allowed')
  refuseScripts(node, 'sort', 0)
}

function checkSource(node: Json): void {
  const fields = Array.isArray(node) ? node : [node]
  if (!fields.every(each => typeof each === 'string' || typeof each === 'boolean'))
    throw bad('_source', 'it is a list of field names')
}

function bounded(value: Json | undefined, where: string, fallback: number, most: number): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw bad(where, 'it is a whole number')
  return Math.min(value, most)
}

function objectAt(node: Json, where: string): { readonly [name: string]: Json } {
  if (!isRecord(node)) throw bad(where, 'an object belongs here')
  return node
}

function bad(where: string, why: string): AppError {
  return new AppError('bad-query', `the query cannot be run: ${where}: ${why}`)
}

export interface QueryResult {
  readonly total: number
  /** Whether `total` is a lower bound. */
  readonly atLeast: boolean
  readonly tookMs: number
  readonly hits: readonly { readonly id: string; readonly index: string; readonly source: Json }[]
  readonly aggregations: Json
}

const replySchema = z.object({
  took: z.number(),
  hits: z.object({
    total: z.object({ value: z.number(), relation: z.string() }).optional(),
    hits: z.array(z.object({ _id: z.string(), _index: z.string(), _source: z.json().optional() })),
  }),
  aggregations: z.json().optional(),
})

/** Runs a checked query, for ten seconds at most on the indexer's side. Throws as `indexer.request` does. */
export async function runQuery(
  query: IndexerQuery,
  indexer: Indexer,
  signal: AbortSignal,
): Promise<QueryResult> {
  const { index, body } = checkQuery(query)
  const path = `/${encodeURIComponent(index)}/_search?ignore_unavailable=true&allow_no_indices=true&expand_wildcards=open`
  const reply = await indexer.request(
    'POST',
    path,
    { ...body, timeout: '10s', track_total_hits: 100_000 },
    signal,
  )
  const parsed = replySchema.safeParse(reply)
  if (!parsed.success)
    throw new AppError(
      'indexer-refused',
      'the indexer answered a search without hits: is this an OpenSearch?',
    )
  const { took, hits, aggregations } = parsed.data
  return {
    total: hits.total?.value ?? hits.hits.length,
    atLeast: hits.total?.relation === 'gte',
    tookMs: took,
    hits: hits.hits.map(hit => ({ id: hit._id, index: hit._index, source: hit._source ?? null })),
    aggregations: aggregations ?? null,
  }
}
