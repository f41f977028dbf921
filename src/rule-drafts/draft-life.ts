import {
  type DraftCase,
  editableStates,
  type RuleDraftState,
  type RuleKind,
  type RuleOrigin,
  ruleFileEndings,
} from '../domain/rule-draft.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'
import {
  changeRuleDraft,
  insertRuleDraft,
  lockRuleDraft,
  type RuleDraftChange,
} from '../store/rule-drafts.ts'
import {
  type DraftLifePorts,
  digestOfDraft,
  refuse,
  type StepRefused,
  type StepResult,
  type StoredDraft,
} from './draft-store.ts'
import type { Measured } from './measure-draft.ts'

export interface DraftContent {
  readonly title: string
  readonly text: string
  readonly cases: readonly DraftCase[]
}

/** What a draft is started with: its kind and what it came from never change. */
export interface NewDraft extends DraftContent {
  readonly kind: RuleKind
  readonly origin: RuleOrigin | null
}

/** Starts a draft under a file name of ours. Nothing of it is checked yet. */
export async function createDraft(
  ports: DraftLifePorts,
  tenant: string,
  content: NewDraft,
  person: string,
): Promise<StepResult> {
  const id = ports.ids.next('rule')
  const nowMs = ports.clock.now()
  const words = content.title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30)
  const draft: StoredDraft = {
    ...content,
    id,
    fileName: `tocsin_${words}_${id.slice(-8)}${ruleFileEndings[content.kind]}`,
    state: 'draft',
    proof: null,
    drafting: null,
    digest: null,
    replaces: null,
    changedBy: person,
    requestedBy: null,
    reason: '',
    decidedBy: null,
    decisionReason: null,
    outcome: null,
    createdAtMs: nowMs,
    changedAtMs: nowMs,
  }
  await insertRuleDraft(ports.database, tenant, draft)
  return { kind: 'done', draft }
}

/** Changes a draft's content. Its proof and every approval of it are gone. */
export function changeDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  { title, text, cases }: DraftContent,
  person: string,
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, editableStates, async () => ({
    change: { title, text, cases, ...unproven, state: 'draft', changedBy: person },
  }))
}

/** What a change of anything that was measured undoes. */
export const unproven = {
  proof: null,
  digest: null,
  requestedBy: null,
  decidedBy: null,
  decisionReason: null,
  outcome: null,
} as const

/** Asks for a proven draft to be deployed. Every case must pass, and at least one must be a log that fires. */
export function submitDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  reason: string,
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, ['draft'], async draft => {
    const doubt = whyNotReady(draft)
    if (doubt !== undefined) return refuse('conflict', doubt)
    const digest = digestOfDraft(draft)
    return {
      change: { state: 'awaiting', digest, requestedBy: person, reason },
      record: { kind: 'note', actor: person, body: { step: 'submit', digest } },
    }
  })
}

function whyNotReady({ proof }: StoredDraft): string | undefined {
  if (proof === null) return 'the draft has not been measured since its last change'
  if (proof.kind === 'refused') return 'the draft has errors: correct them and measure it again'
  const { cases, samples = [] } = proof.proof
  if (!cases.some(({ fires }) => fires) && !samples.some(({ mustMatch }) => mustMatch))
    return 'add a log or a sample on which the rule must fire: without one nothing is proven'
  const all = [...cases, ...samples]
  const failed = all.filter(({ pass }) => !pass).length
  return failed > 0 ? `${failed} of ${all.length} cases fail` : undefined
}

/** One person's decision on the digest that they saw. Who wrote or asked for it cannot approve it. */
export function decideDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  decision: {
    readonly digest: string
    readonly decision: 'approve' | 'reject'
    readonly reason: string
    readonly person: string
  },
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, ['awaiting'], async draft => {
    const { digest, person, reason } = decision
    if (digest !== draft.digest || digest !== digestOfDraft(draft))
      return refuse('conflict', 'this is not the draft that you saw: reload it and read it again')
    if (decision.decision === 'approve' && [draft.requestedBy, draft.changedBy].includes(person))
      return refuse('forbidden', 'you wrote this rule or asked for it: somebody else must approve it')
    if (decision.decision === 'reject' && reason.trim() === '')
      return refuse('bad-request', 'say why: the reason is what the author works from')
    return {
      change: {
        state: decision.decision === 'approve' ? 'approved' : 'rejected',
        decidedBy: person,
        decisionReason: reason,
      },
      record: { kind: 'approval', actor: person, body: { step: decision.decision, digest } },
    }
  })
}

interface Move {
  readonly change: RuleDraftChange<Measured>
  readonly record?: {
    readonly kind: 'note' | 'approval' | 'action-intent' | 'action-outcome'
    readonly actor: string
    readonly body: { readonly [key: string]: Json }
  }
}

/** Moves a draft on in one transaction that holds its row; the ledger records it in the same one. */
export function stepOfDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  from: readonly RuleDraftState[],
  decide: (draft: StoredDraft, nowMs: number, sql: Sql) => Promise<Move | StepRefused>,
): Promise<StepResult> {
  return ports.database.transaction(async (sql: Sql): Promise<StepResult> => {
    const draft = await lockRuleDraft<Measured>(sql, tenant, id)
    if (draft === undefined) return noSuchDraft(id)
    if (!from.includes(draft.state)) return wrongState(draft, from)
    const nowMs = ports.clock.now()
    const move = await decide(draft, nowMs, sql)
    if ('kind' in move) return move
    await changeRuleDraft(sql, tenant, id, move.change, nowMs)
    if (move.record) {
      const { kind, actor, body } = move.record
      await appendEntries(sql, [{ kind, tenant, actor: `user:${actor}`, subject: id, body }], nowMs)
    }
    return { kind: 'done', draft: { ...draft, ...move.change, changedAtMs: nowMs } }
  })
}

export function noSuchDraft(id: string): StepRefused {
  return refuse('not-found', `there is no rule draft ${id}`)
}

export function wrongState({ id, state }: StoredDraft, from: readonly RuleDraftState[]): StepRefused {
  return refuse('conflict', `rule draft ${id} is ${state}; this takes one that is ${from.join(' or ')}`)
}
