import { includesRole } from '../domain/role.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { digestOf } from '../lib/canonical-json.ts'
import { addHistory } from '../store/case-history.ts'
import { announceCases } from '../store/events.ts'
import { insertTick, type TickState } from '../store/remediation-ticks.ts'
import type { RespondPorts } from './respond-ports.ts'

export interface StepMark {
  readonly caseId: string
  /** `RemediationStep.id`. */
  readonly step: string
  /** The step as the person saw it. */
  readonly text: string
  readonly state: TickState
  readonly comment: string
  readonly by: string
}

const words: Readonly<Record<TickState, string>> = {
  done: 'done',
  open: 'open again',
  'not-needed': 'not needed',
}

/** A person marks a step that is done by hand: kept with the case, in its history and in the ledger. */
export async function markStep(ports: RespondPorts, tenant: string, mark: StepMark): Promise<boolean> {
  return ports.database.transaction(async sql => {
    const nowMs = ports.clock.now()
    const person = (await ports.people(sql, tenant, [mark.by], nowMs)).get(mark.by)
    if (person?.kind !== 'person' || !person.active || !includesRole(person.role, 'analyst')) return false
    const { caseId, step, text, state, comment, by } = mark
    const id = ports.ids.next('tick')
    await insertTick(sql, tenant, { id, caseId, step, stepText: text, state, comment, byId: by, atMs: nowMs })
    const detail = `${words[state]}: ${text}${comment === '' ? '' : ` (${comment})`}`.replaceAll('\0', '')
    await addHistory(sql, tenant, nowMs, [
      { id: ports.ids.next('history'), caseId, kind: 'step', byId: by, detail },
    ])
    // The ledger cannot be erased, so it holds digests of what people wrote.
    const body = { tick: id, step, state, text: digestOf(text), comment: digestOf(comment) }
    await appendEntries(sql, [{ kind: 'note', tenant, actor: `user:${by}`, subject: caseId, body }], nowMs)
    await announceCases(sql, tenant, [caseId], nowMs)
    return true
  })
}
