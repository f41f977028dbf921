import { z } from 'zod'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'
import { isUntrustedCertificate } from '../lib/never-sent.ts'
import type { Secret } from '../lib/secret.ts'

export interface IndexerOptions {
  /** `https://indexer:9200`, without a path. */
  readonly baseUrl: string
  readonly credentials: { readonly username: string; readonly password: Secret } | undefined
  /** Reaches only what an admin allowed, with TLS verified and a private CA where one is given. */
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
}

/** One document as the indexer keeps it. */
export interface IndexerHit {
  readonly _index: string
  readonly _id: string
  readonly _source: { readonly [key: string]: Json }
  readonly sort?: readonly Json[]
}

/** When it happened: alerts of Wazuh 4 have their own field for it, findings of Wazuh 5 the one of ECS alone. */
export type TimeField = 'timestamp' | '@timestamp'

/** The Wazuh indexer (OpenSearch 2.x or 3.x), as far as Tocsin uses it. */
export interface Indexer {
  /** Any request; returns the parsed answer. Throws `indexer-refused` (4xx, not retryable) or `indexer-unreachable`. */
  request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: Json | undefined,
    signal: AbortSignal,
  ): Promise<unknown>
  /** A consistent view of the indices of a pattern; hand it to `page`, and close it. */
  openView(pattern: string, signal: AbortSignal): Promise<string>
  closeView(view: string, signal: AbortSignal): Promise<void>
  /** One page of a search over a view, sorted by time and then by document. `timeField`: `timestamp` unless given. */
  page(
    view: string,
    query: Json,
    after: readonly Json[] | undefined,
    size: number,
    signal: AbortSignal,
    timeField?: TimeField,
  ): Promise<{ readonly view: string; readonly hits: readonly IndexerHit[] }>
  /** How many documents of a view match, by the start (milliseconds) of each interval of time that has any. */
  counts(
    view: string,
    query: Json,
    intervalMs: number,
    signal: AbortSignal,
    timeField?: TimeField,
  ): Promise<ReadonlyMap<number, number>>
}

/** Opens no connection by itself. Source: OpenSearch REST API, "Point in Time" and "search_after". */
export function openIndexer(options: IndexerOptions): Indexer {
  const { credentials } = options
  const authorization =
    credentials === undefined
      ? undefined
      : `Basic ${Buffer.from(`${credentials.username}:${credentials.password.expose()}`).toString('base64')}`

  const request: Indexer['request'] = async (method, path, body, signal) => {
    let response: Response
    let text: string
    try {
      response = await options.fetch(options.baseUrl + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      text = await response.text()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw new AppError(
        'indexer-unreachable',
        `the indexer does not answer ${method} ${path.split('?')[0]}: ${causeOf(error)}${
          isUntrustedCertificate(error) ? ' (name its CA in TOCSIN_INDEXER_CA)' : ''
        }`,
        { retryable: true, cause: error },
      )
    }
    if (response.status >= 400) {
      const retryable = response.status === 429 || response.status >= 500
      throw new AppError(
        retryable ? 'indexer-unreachable' : 'indexer-refused',
        `the indexer answers ${response.status} to ${method} ${path.split('?')[0]}: ${reasonIn(text)}`,
        { retryable },
      )
    }
    return text === '' ? undefined : JSON.parse(text)
  }

  return {
    request,
    async openView(pattern, signal) {
      const reply = await request(
        'POST',
        `/${encodeURIComponent(pattern)}/_search/point_in_time?keep_alive=5m&allow_partial_pit_creation=false`,
        undefined,
        signal,
      )
      return textMember(reply, 'pit_id')
    },
    async closeView(view, signal) {
      await request('DELETE', '/_search/point_in_time', { pit_id: [view] }, signal)
    },
    async page(view, query, after, size, signal, timeField = 'timestamp') {
      const body = {
        size,
        query,
        pit: { id: view, keep_alive: '5m' },
        // `_id` breaks ties: 2.x has no `_shard_doc`.
        sort: [{ [timeField]: { order: 'asc', unmapped_type: 'date' } }, { _id: 'asc' }],
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: [...after] }),
      }
      const reply = await request('POST', '/_search', body, signal)
      return { view: textMember(reply, 'pit_id', view), hits: hitsOf(reply) }
    },
    async counts(view, query, intervalMs, signal, timeField = 'timestamp') {
      const body = {
        size: 0,
        query,
        pit: { id: view, keep_alive: '5m' },
        track_total_hits: false,
        aggs: {
          time: {
            date_histogram: { field: timeField, fixed_interval: `${intervalMs}ms`, min_doc_count: 1 },
          },
        },
      }
      return bucketsOf(await request('POST', '/_search', body, signal))
    },
  }
}

// A pattern that matches no index is answered without `aggregations`.
const histogram = z.object({
  aggregations: z
    .object({ time: z.object({ buckets: z.array(z.object({ key: z.number(), doc_count: z.number() })) }) })
    .optional(),
})

function bucketsOf(reply: unknown): ReadonlyMap<number, number> {
  const read = histogram.safeParse(reply)
  if (!read.success)
    throw new AppError(
      'indexer-refused',
      'the indexer answered a date_histogram in another shape: is this an OpenSearch?',
    )
  return new Map(read.data.aggregations?.time.buckets.map(bucket => [bucket.key, bucket.doc_count]))
}

const searchReply = z.object({
  hits: z.object({
    hits: z.array(
      z.looseObject({
        _index: z.string(),
        _id: z.string(),
        // Read as hostile JSON by whoever takes it.
        _source: z.custom<IndexerHit['_source']>(value => isRecord(value)),
        sort: z.custom<readonly Json[]>(Array.isArray).optional(),
      }),
    ),
  }),
})

function hitsOf(reply: unknown): readonly IndexerHit[] {
  const read = searchReply.safeParse(reply)
  if (!read.success)
    throw new AppError(
      'indexer-refused',
      'the indexer answered a search without hits, or with documents of another shape: is this an OpenSearch?',
    )
  return read.data.hits.hits as readonly IndexerHit[] // As just proven; zod adds `undefined` to what is optional.
}

function textMember(reply: unknown, key: string, fallback?: string): string {
  const value = isRecord(reply) && key in reply ? reply[key] : fallback
  if (typeof value !== 'string')
    throw new AppError(
      'indexer-refused',
      `the indexer's answer has no ${key}: is this an OpenSearch 2.4 or later?`,
    )
  return value
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error ? cause.message : messageOf(error)
}

function reasonIn(text: string): string {
  return /"reason":"((?:[^"\\]|\\.){1,300})/.exec(text)?.[1] ?? text.slice(0, 200)
}
