import { createHash } from 'node:crypto'
import { editableStates, type SampleFile } from '../domain/rule-draft.ts'
import { type FileStore, filesInDatabase } from '../files/file-store.ts'
import type { Sql } from '../lib/database.ts'
import { deleteSample, insertSample, listSamples, readSamples } from '../store/rule-drafts.ts'
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
    const kept = await filesOf(ports).keep(tenant, 'sample', file.bytes)
    const { name, mustMatch } = file
    const sizeBytes = file.bytes.length
    const sample = { id: ports.ids.next('sample'), sha256, name, mustMatch, sizeBytes, kept }
    await insertSample(sql, tenant, id, sample, nowMs)
    return { change: { ...unproven, state: 'draft', changedBy: person } }
  })
}

const filesOf = ({ files }: DraftLifePorts): FileStore => files ?? filesInDatabase

/** The samples of a draft with their bytes. */
export async function samplesOf(
  ports: DraftLifePorts,
  sql: Sql,
  tenant: string,
  id: string,
): Promise<(SampleFile & { readonly bytes: Buffer })[]> {
  const samples = await readSamples(sql, tenant, id)
  const read = samples.map(async ({ kept, ...sample }) => ({
    ...sample,
    bytes: await filesOf(ports).read(kept, sample.sha256),
  }))
  return Promise.all(read)
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
