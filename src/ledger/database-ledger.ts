import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import {
  chainEntries,
  emptyChain,
  type LedgerDraft,
  type LedgerEntry,
  type LedgerKind,
  openingDraft,
} from './entry.ts'
import { groupAppends } from './group-appends.ts'
import type { Ledger, LedgerLink } from './ledger.ts'

// One writer at a time: an entry's hash covers the one before. The number is arbitrary and only ours.
export const appendLock = 7_230_411

interface Row {
  readonly seq: number
  readonly at: string
  readonly kind: LedgerKind
  readonly tenant: string
  readonly actor: string
  readonly subject: string
  readonly body: LedgerDraft['body']
  readonly prev: string
  readonly hash: string
}

const columns = `seq, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, kind, tenant, actor,
  subject, body, prev, hash`

/**
 * Appends in the caller's transaction, so that an act and its record are committed together. The lock lasts until
 * the transaction ends: append last, and many entries in one call.
 */
export async function appendEntries(
  sql: Sql,
  drafts: readonly LedgerDraft[],
  nowMs: number,
): Promise<readonly LedgerEntry[]> {
  // A backup is made before an update, too: of a schema that has no such function yet, and no tenants.
  const [schema] = await sql.query<{ shared: boolean }>(
    `select to_regprocedure('ledger_head()') is not null as shared, pg_advisory_xact_lock($1)`,
    [appendLock],
  )
  const last = schema?.shared ? 'ledger_head()' : 'ledger order by seq desc limit 1'
  const [head] = await sql.query<{ seq: number; hash: string }>(`select seq, hash from ${last}`)
  const opening = head ? [] : [openingDraft()]
  const entries = chainEntries(head ?? emptyChain, [...opening, ...drafts], nowMs)
  await sql.query(
    `insert into ledger (seq, at, kind, tenant, actor, subject, body, prev, hash)
     select (e->>'seq')::bigint, (e->>'at')::timestamptz, e->>'kind', e->>'tenant', e->>'actor', e->>'subject',
       e->'body', e->>'prev', e->>'hash'
     from json_array_elements($1::json) as e`,
    [JSON.stringify(entries)],
  )
  return entries.slice(opening.length)
}

/** Entries of a tenant, newest first, for a page of them. */
export function listEntries(
  sql: Sql,
  filter: {
    readonly tenant: string
    readonly limit: number
    /** Only entries before this one. */
    readonly before?: number | undefined
    readonly subject?: string | undefined
  },
): Promise<LedgerEntry[]> {
  return sql.query<Row>(
    `select ${columns} from ledger
     where tenant in ($1, '') and ($2::bigint is null or seq < $2) and ($3::text is null or subject = $3)
     order by seq desc limit $4`,
    [filter.tenant, filter.before ?? null, filter.subject ?? null, filter.limit],
  )
}

/** The ledger in the database. `append` here is a transaction of its own. */
export function openDatabaseLedger(database: Database, clock: Clock): Ledger {
  return {
    append: groupAppends(drafts => database.transaction(sql => appendEntries(sql, drafts, clock.now()))),
    async *read({ fromSeq, toSeq }) {
      for (let next = fromSeq; next <= toSeq; ) {
        const rows = await database.query<Row>(
          `select ${columns} from ledger where seq >= $1 and seq <= $2 order by seq limit 1000`,
          [next, Math.min(toSeq, Number.MAX_SAFE_INTEGER)],
        )
        yield* rows
        const last = rows.at(-1)
        if (last === undefined) return
        next = last.seq + 1
      }
    },
    async *links({ fromSeq, toSeq }) {
      for (let next = fromSeq; next <= toSeq; ) {
        const last = Math.min(toSeq, next + 999)
        const rows = await database.query<LedgerLink>('select seq, prev, hash from ledger_links($1, $2)', [
          next,
          last,
        ])
        yield* rows
        if (rows.length < last - next + 1) return
        next = last + 1
      }
    },
    readThese: seqs =>
      database.query<Row>(`select ${columns} from ledger where seq = any($1) order by seq`, [seqs]),
    async last() {
      const [row] = await database.query<Row>(`select ${columns} from ledger order by seq desc limit 1`)
      return row
    },
  }
}
