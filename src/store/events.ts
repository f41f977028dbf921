import { type Severity, severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

/** The channel on which every process hears what changed (at commit), to tell open consoles. */
export const eventsChannel = 'tocsin_events'

/** What a console is told. Hints only: whoever hears one reads the case again. */
export type CaseEvent =
  | {
      readonly kind: 'case-created' | 'case-changed'
      readonly caseId: string
      readonly revision: number
      readonly severity: Severity
      readonly atMs: number
    }
  | {
      readonly kind: 'brief-ready'
      readonly caseId: string
      readonly revision: number
      readonly origin: 'computed' | 'model'
      readonly atMs: number
    }

/** Tells every process, once the caller's transaction commits. */
export async function announce(sql: Sql, tenant: string, events: readonly CaseEvent[]): Promise<void> {
  if (events.length === 0) return
  await sql.query('select pg_notify($1, event) from unnest($2::text[]) as event', [
    eventsChannel,
    events.map(event => JSON.stringify({ tenant, ...event })),
  ])
}

/** Tells that these cases changed, as they stand in the caller's transaction. */
export async function announceCases(
  sql: Sql,
  tenant: string,
  caseIds: readonly string[],
  atMs: number,
): Promise<void> {
  const rows = await sql.query<{ id: string; revision: number; severity: number }>(
    'select id, revision, severity from cases where tenant_id = $1 and id = any($2)',
    [tenant, caseIds],
  )
  const events = rows.map(row => ({
    kind: 'case-changed' as const,
    caseId: row.id,
    revision: row.revision,
    severity: severities[row.severity] ?? 'low',
    atMs,
  }))
  await announce(sql, tenant, events)
}
