import type { Sql } from '../lib/database.ts'

/** Where a feed stands. */
export interface FeedState {
  readonly id: string
  readonly etag: string | null
  readonly lastModified: string | null
  readonly place: string | null
  /** Not before then. */
  readonly nextMs: number
  /** Failures in a row. */
  readonly failures: number
  readonly lastError: string | null
  readonly lastOkMs: number | null
}

/** The state of a feed; a fresh one where it was never read. */
export async function readFeedState(sql: Sql, tenant: string, id: string): Promise<FeedState> {
  const [row] = await sql.query<FeedState>(
    `select id, etag, last_modified as "lastModified", place, next_ms as "nextMs", failures,
       last_error as "lastError", last_ok_ms as "lastOkMs"
     from intel_feeds where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return (
    row ?? {
      id,
      etag: null,
      lastModified: null,
      place: null,
      nextMs: 0,
      failures: 0,
      lastError: null,
      lastOkMs: null,
    }
  )
}

export async function writeFeedState(sql: Sql, tenant: string, state: FeedState): Promise<void> {
  await sql.query(
    `insert into intel_feeds (tenant_id, id, etag, last_modified, place, next_ms, failures, last_error, last_ok_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, id) do update set etag = excluded.etag, last_modified = excluded.last_modified,
       place = excluded.place, next_ms = excluded.next_ms, failures = excluded.failures,
       last_error = excluded.last_error, last_ok_ms = excluded.last_ok_ms`,
    [
      tenant,
      state.id,
      state.etag,
      state.lastModified,
      state.place,
      state.nextMs,
      state.failures,
      state.lastError,
      state.lastOkMs,
    ],
  )
}
