import type { Severity } from '../domain/verdict.ts'
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
