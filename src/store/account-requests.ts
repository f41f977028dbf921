import type { Sql } from '../lib/database.ts'

/** A change of an account that waits, or waited, for a second admin. */
export interface AccountRequestRow {
  readonly id: string
  /** As it was asked for; parsed by whoever carries it out. */
  readonly change: unknown
  /** The same for people. */
  readonly words: string
  readonly askedBy: string
  readonly askedMs: number
  readonly expiresMs: number
  readonly state: 'waiting' | 'done' | 'rejected'
  readonly decidedBy: string | null
  readonly decidedMs: number | null
}

const columns = `id, change, words, asked_by as "askedBy", asked_ms as "askedMs", expires_ms as "expiresMs", state,
  decided_by as "decidedBy", decided_ms as "decidedMs"`

export async function insertAccountRequest(
  sql: Sql,
  tenant: string,
  request: Pick<AccountRequestRow, 'id' | 'change' | 'words' | 'askedBy' | 'askedMs' | 'expiresMs'>,
): Promise<void> {
  await sql.query(
    `insert into account_requests (tenant_id, id, change, words, asked_by, asked_ms, expires_ms, state)
     values ($1, $2, $3, $4, $5, $6, $7, 'waiting')`,
    [
      tenant,
      request.id,
      JSON.stringify(request.change),
      request.words,
      request.askedBy,
      request.askedMs,
      request.expiresMs,
    ],
  )
}

/** Those that can still be decided, oldest first. */
export function waitingAccountRequests(
  sql: Sql,
  tenant: string,
  nowMs: number,
): Promise<AccountRequestRow[]> {
  return sql.query<AccountRequestRow>(
    `select ${columns} from account_requests where tenant_id = $1 and state = 'waiting' and expires_ms > $2
     order by asked_ms, id limit 200`,
    [tenant, nowMs],
  )
}

/** One that can still be decided, held until the transaction ends. */
export async function lockAccountRequest(
  sql: Sql,
  tenant: string,
  id: string,
  nowMs: number,
): Promise<AccountRequestRow | undefined> {
  const [row] = await sql.query<AccountRequestRow>(
    `select ${columns} from account_requests
     where tenant_id = $1 and id = $2 and state = 'waiting' and expires_ms > $3 for update`,
    [tenant, id, nowMs],
  )
  return row
}

export async function decideAccountRequestRow(
  sql: Sql,
  tenant: string,
  id: string,
  decision: { readonly state: 'done' | 'rejected'; readonly by: string; readonly atMs: number },
): Promise<void> {
  await sql.query(
    `update account_requests set state = $3, decided_by = $4, decided_ms = $5 where tenant_id = $1 and id = $2`,
    [tenant, id, decision.state, decision.by, decision.atMs],
  )
}
