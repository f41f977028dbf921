import { ruleDraftJob } from '../domain/job-kinds.ts'
import type { AskModel } from '../domain/model-question.ts'
import { editableStates } from '../domain/rule-draft.ts'
import { AppError } from '../lib/app-error.ts'
import { enqueue, type Job } from '../queue/jobs.ts'
import { findRuleDraft } from '../store/rule-drafts.ts'
import type { StringCandidates } from '../yara/string-candidates.ts'
import { stepOfDraft } from './draft-life.ts'
import { measureQuestion } from './draft-measurement.ts'
import { type DraftOutcome, draftRule } from './draft-rule.ts'
import { type DraftLifePorts, refuse, type StepResult, type StoredDraft } from './draft-store.ts'
import type { Surroundings, SurroundingsQuestion } from './draft-surroundings.ts'
import type { Measured } from './measure-draft.ts'

const rounds = 4
const mostSamples = 8

/** What drafting needs beside what every step of a draft needs. */
export interface DraftingPorts extends DraftLifePorts {
  /** Undefined where no model is set up. */
  readonly ask: AskModel | undefined
  readonly surroundings: (question: SurroundingsQuestion, signal: AbortSignal) => Promise<Surroundings>
}

/** All that rule drafts need but the model. */
export interface RuleDraftPorts extends Omit<DraftingPorts, 'ask'> {
  /** Strings of samples that stand in no clean file. */
  readonly candidates: (samples: readonly Uint8Array[], signal: AbortSignal) => Promise<StringCandidates>
}

/** Asks for a model's draft in the engineer's own words. What it proposes takes the place of the present text. */
export function requestDrafting(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  request: string,
  person: string,
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, editableStates, async (draft, nowMs, sql) => {
    if (draft.kind === 'lists') return refuse('bad-request', 'a list holds facts: a model has none to give')
    if (draft.drafting?.kind === 'waiting') return refuse('conflict', 'a model is drafting it already')
    await enqueue(sql, tenant, [{ kind: ruleDraftJob, key: id, payload: {} }], nowMs)
    return { change: { drafting: { kind: 'waiting', request }, changedBy: person } }
  })
}

/** Handles `rule-draft`: model proposes, code measures, at most four times; the best sound draft is kept. */
export async function handleRuleDraft(ports: DraftingPorts, job: Job, signal: AbortSignal): Promise<void> {
  const { tenant, key: id } = job
  const draft = await findRuleDraft<Measured>(ports.database, tenant, id)
  if (draft?.drafting?.kind !== 'waiting') return
  const { request } = draft.drafting
  const outcome = await propose(ports, tenant, draft, request, signal).catch(unavailableOr)
  await stepOfDraft(ports, tenant, id, editableStates, async now => {
    if (now.drafting?.kind !== 'waiting') return refuse('conflict', 'nobody waits for it')
    if (outcome.kind !== 'drafted')
      return { change: { drafting: { kind: 'failed', request, reason: reasonOf(outcome) } } }
    if (now.text !== draft.text)
      return {
        change: {
          drafting: { kind: 'failed', request, reason: 'the rule was changed while it was drafted' },
        },
      }
    const { text, ruleIds, findings, proof, model, complaints } = outcome
    return {
      change: {
        text,
        cases: proof.cases.map(({ log, fires }) => ({ log, fires })),
        proof: { kind: 'proven', text, ruleIds, findings, proof },
        digest: null,
        state: 'draft',
        drafting: { kind: 'drafted', request, model, rounds: outcome.rounds, complaints, before: draft.text },
      },
    }
  })
}

async function propose(
  ports: DraftingPorts,
  tenant: string,
  draft: StoredDraft,
  request: string,
  signal: AbortSignal,
): Promise<DraftOutcome> {
  const { ask } = ports
  if (ask === undefined) return { kind: 'unavailable', reason: 'no model is set up', rounds: 0 }
  const samples = draft.cases.flatMap(({ log, fires }) => (fires ? [log] : [])).slice(0, mostSamples)
  const question = await measureQuestion(ports, tenant, draft, 'model')
  const nowSeconds = Math.floor(ports.clock.now() / 1000)
  const { kind, origin } = draft
  const { base, samples: files } = question
  const { parts, complete } = await ports.surroundings(
    { kind, logs: samples, base, files, nowSeconds },
    signal,
  )
  const { material = [], zones = null } = origin ?? {}
  return draftRule(
    { kind, tenant, draftId: draft.id, request, samples, surroundings: parts, material, zones },
    draft.cases,
    { ask, complete, measure: (text, cases) => ports.measure({ ...question, text, cases }, signal) },
    rounds,
    signal,
  )
}

/** A fault that another try cannot mend is an answer to the person who waits; any other is the queue's. */
function unavailableOr(error: unknown): DraftOutcome {
  if (!(error instanceof AppError) || error.retryable) throw error
  return { kind: 'unavailable', reason: error.message, rounds: 0 }
}

function reasonOf(outcome: Exclude<DraftOutcome, { kind: 'drafted' }>): string {
  if (outcome.kind !== 'no-sound-draft') return outcome.reason
  const [first] = outcome.findings
  return `none of ${outcome.rounds} drafts was sound${first ? `; the last: ${first.message}` : ''}`
}
