import { createHash } from 'node:crypto'
import { editableStates } from '../domain/rule-draft.ts'
import { deleteSample, insertSample, listSamples } from '../store/rule-drafts.ts'
import { stepOfDraft, unproven } from './draft-life.ts'
import { type DraftLifePorts, refuse, type StepResult } from './draft-store.ts'

const mostSamples = 20

/** Keeps a file that the rule must, or must not, match. It is never run and never written to disk; the proof is void. */
export function addSample(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  file: { readonly name: string; readonly bytes: Buffer; readonly mustMatch: boolean },
  person: string,
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, editableStates, async (draft, nowMs, sql) => {
    if (draft.kind !== 'yara') return refuse('bad-request', 'only YARA rules have files as samples')
    if (file.bytes.length === 0) return refuse('bad-request', 'the file is empty')
    const present = await listSamples(sql, tenant, id)
    if (present.length >= mostSamples) return refuse('conflict', `a draft has at most ${mostSamples} samples`)
    const sha256 = createHash('sha256').update(file.bytes).digest('hex')
    if (present.some(one => one.sha256 === sha256)) return refuse('conflict', 'this file is here already')
    await insertSample(sql, tenant, id, { id: ports.ids.next('sample'), sha256, ...file }, nowMs)
    return { change: { ...unproven, state: 'draft', changedBy: person } }
  })
}

export function removeSample(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  sampleId: string,
  person: string,
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, editableStates, async (_draft, _nowMs, sql) => {
    if (!(await deleteSample(sql, tenant, id, sampleId)))
      return refuse('not-found', `the draft has no sample ${sampleId}`)
    return { change: { ...unproven, state: 'draft', changedBy: person } }
  })
}
