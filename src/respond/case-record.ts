import type { Proposal } from '../domain/proposal.ts'
import type { Sql } from '../lib/database.ts'
import { addHistory } from '../store/case-history.ts'
import { announceCases } from '../store/events.ts'
import type { RespondPorts } from './respond-ports.ts'

/** Writes what happened to a proposal into the history of its case, and tells open consoles. `byId` null: Tocsin itself. */
export async function recordInCase(
  sql: Sql,
  ports: RespondPorts,
  { content }: Proposal,
  byId: string | null,
  detail: string,
): Promise<void> {
  const nowMs = ports.clock.now()
  const { tenant, caseId, action, target } = content
  const entry = {
    id: ports.ids.next('history'),
    caseId,
    kind: 'response' as const,
    byId,
    detail: `${action} on ${target.agentName}: ${detail}`.replaceAll('\0', ''),
  }
  await addHistory(sql, tenant, nowMs, [entry])
  await announceCases(sql, tenant, [caseId], nowMs)
}
