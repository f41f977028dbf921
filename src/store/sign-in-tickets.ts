import type { Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'

/** Something that waits for its next step: see the migration. `data` is what that step is checked against. */
export interface TicketRow {
  readonly id: string
  readonly kind: string
  readonly userId: string | null
  readonly secretHash: Buffer
  readonly data: Json
  readonly expiresMs: number
}

const columns = `id, kind, user_id as "userId", secret_hash as "secretHash", data, expires_ms as "expiresMs"`

/** Keeps a ticket; those that have expired go. */
export async function insertTicket(
  sql: Sql,
  tenant: string,
  ticket: TicketRow,
  nowMs: number,
): Promise<void> {
  await sql.query('delete from sign_in_tickets where expires_ms < $1', [nowMs])
  await sql.query(
    `insert into sign_in_tickets (tenant_id, id, kind, user_id, secret_hash, data, expires_ms)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      tenant,
      ticket.id,
      ticket.kind,
      ticket.userId,
      ticket.secretHash,
      JSON.stringify(ticket.data),
      ticket.expiresMs,
    ],
  )
}

export async function findTicket(
  sql: Sql,
  tenant: string,
  id: string,
  nowMs: number,
): Promise<TicketRow | undefined> {
  const [row] = await sql.query<TicketRow>(
    `select ${columns} from sign_in_tickets where tenant_id = $1 and id = $2 and expires_ms > $3`,
    [tenant, id, nowMs],
  )
  return row
}

/** Takes the ticket away; of many at once, one gets `true`. */
export async function consumeTicket(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const rows = await sql.query('delete from sign_in_tickets where tenant_id = $1 and id = $2 returning id', [
    tenant,
    id,
  ])
  return rows.length > 0
}

/** Sign-ins and step-ups of a person that were begun end here. */
export async function deleteTicketsOf(sql: Sql, tenant: string, userId: string): Promise<void> {
  await sql.query('delete from sign_in_tickets where tenant_id = $1 and user_id = $2', [tenant, userId])
}
