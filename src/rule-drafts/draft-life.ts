import type { RuleDeployment } from '../domain/rule-deployment.ts'
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
  findRuleDraft,
  insertRuleDraft,
  listRuleDrafts,
  lockRuleDraft,
  newestAlerts,
  type RuleDraftChange,
  readSamples,
} from '../store/rule-drafts.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { deployRules, rollBackRules } from './deploy-rules.ts'
import type { DraftOrigin } from './draft-guard.ts'
import {
  type DraftLifePorts,
  digestOfDraft,
  refuse,
  type StepRefused,
  type StepResult,
  type StoredDraft,
} from './draft-store.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'

/** Alerts of the past that a draft is run over. */
const pastAlerts = 20_000
const measureBudgetMs = 60_000
/** A deployment that has said nothing for so long has died with its process. */
const deadAfterMs = 15 * 60_000

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

/** Measures a draft on its own cases and on the alerts that are stored here, and notes what is deployed in its place. */
export async function measureDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  signal: AbortSignal,
): Promise<StepResult> {
  const { database } = ports
  const draft = await findRuleDraft<Measured>(database, tenant, id)
  if (draft === undefined) return noSuchDraft(id)
  if (!editableStates.includes(draft.state)) return wrongState(draft, editableStates)
  const question = await measureQuestion(ports, tenant, draft, 'person')
  const proof = await ports.measure(question, signal)
  const replaces = (await ports.targets[draft.kind]?.read(draft.fileName, signal)) ?? null
  const text = proof.text ?? draft.text
  return stepOfDraft(ports, tenant, id, editableStates, async now => {
    if (now.text !== draft.text || JSON.stringify(now.cases) !== JSON.stringify(draft.cases))
      return refuse('conflict', 'the draft was changed while it was measured: measure it again')
    return { change: { ...unproven, state: 'draft', text, replaces, proof } }
  })
}

export const noRules: RulesetFiles = { decoders: [], rules: [], lists: [] }

/** What a draft is measured with at this moment. */
export async function measureQuestion(
  ports: DraftLifePorts,
  tenant: string,
  draft: StoredDraft,
  origin: DraftOrigin,
): Promise<MeasureQuestion> {
  const others = (await listRuleDrafts<Measured>(ports.database, tenant)).filter(({ id }) => id !== draft.id)
  const { kind, id, text, fileName, cases } = draft
  return {
    kind,
    text,
    fileName,
    cases,
    origin,
    base: kind === 'wazuh' ? ports.base() : noRules,
    takenIds: others.flatMap(({ proof }) => (proof?.kind === 'proven' ? proof.ruleIds : [])),
    past: kind === 'yara' ? [] : await newestAlerts(ports.database, tenant, pastAlerts),
    deep: true,
    samples: kind === 'yara' ? await readSamples(ports.database, tenant, id) : [],
    budgetMs: measureBudgetMs,
  }
}

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

/**
 * Deploys an approved draft, once: the state and the intent are written before anything is sent. Whatever fails puts
 * Wazuh back as it was.
 */
export async function deployDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  signal: AbortSignal,
): Promise<StepResult> {
  const found = await targetOfDraft(ports, tenant, id)
  if (found.kind === 'refused') return found
  const { target } = found
  const claimed = await stepOfDraft(ports, tenant, id, ['approved'], async draft => {
    if (draft.digest !== digestOfDraft(draft))
      return refuse('conflict', 'the draft is not the one that was approved')
    return {
      change: { state: 'deploying' },
      record: { kind: 'action-intent', actor: person, body: { step: 'deploy', digest: draft.digest } },
    }
  })
  if (claimed.kind === 'refused') return claimed
  const { fileName, text, replaces } = claimed.draft
  const approved = { fileName, text, expectedBefore: replaces ?? undefined }
  const outcome = await deployRules(approved, target, ports.deployment, signal)
  const state = outcome.kind === 'not-started' ? 'not-deployed' : outcome.kind
  const reason = outcome.kind === 'deployed' ? runsWithIt[claimed.draft.kind] : outcome.reason
  return finish(ports, tenant, id, person, state, reason)
}

/** Puts back what the draft replaced. */
export async function rollBackDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  signal: AbortSignal,
): Promise<StepResult> {
  const found = await targetOfDraft(ports, tenant, id)
  if (found.kind === 'refused') return found
  const { target } = found
  const claimed = await stepOfDraft(
    ports,
    tenant,
    id,
    ['deployed', 'broken', 'deploying'],
    async (draft, nowMs) => {
      if (draft.state === 'deploying' && nowMs - draft.changedAtMs < deadAfterMs)
        return refuse('conflict', 'it is being deployed at this moment: wait for the outcome')
      return {
        change: { state: 'deploying' },
        record: { kind: 'action-intent', actor: person, body: { step: 'roll-back', digest: draft.digest } },
      }
    },
  )
  if (claimed.kind === 'refused') return claimed
  const { fileName, text, replaces } = claimed.draft
  const back = { fileName, text, before: replaces ?? undefined }
  const outcome = await rollBackRules(back, target, ports.deployment, signal)
  const reason = outcome.kind === 'rolled-back' ? 'put back by hand' : outcome.reason
  return finish(ports, tenant, id, person, outcome.kind, reason)
}

const runsWithIt: Readonly<Record<RuleKind, string>> = {
  wazuh: 'Wazuh runs with it',
  sigma: 'the indexer runs with it',
  yara: 'it is among the rules for endpoints; they take it once the set is signed',
}

const whereTo: Readonly<Record<RuleKind, string>> = {
  wazuh: 'no Wazuh server is connected: set TOCSIN_WAZUH_API_URL',
  sigma:
    'no Wazuh 5 indexer is connected that takes Sigma rules: set TOCSIN_INDEXER_URL and TOCSIN_CONTENT_MANAGER=true, or turn the rule into a Wazuh rule',
  yara: 'there is no folder for YARA rules of endpoints: set TOCSIN_YARA_ENDPOINT_RULES',
}

/** Where rules of a draft's kind go. */
async function targetOfDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
): Promise<{ readonly kind: 'found'; readonly target: RuleDeployment } | StepRefused> {
  const draft = await findRuleDraft<Measured>(ports.database, tenant, id)
  if (draft === undefined) return noSuchDraft(id)
  const target = ports.targets[draft.kind]
  return target === undefined ? refuse('conflict', whereTo[draft.kind]) : { kind: 'found', target }
}

function finish(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  state: RuleDraftState,
  outcome: string,
): Promise<StepResult> {
  return stepOfDraft(ports, tenant, id, ['deploying'], async ({ digest }) => ({
    change: { state, outcome },
    record: { kind: 'action-outcome', actor: person, body: { digest, result: state, reason: outcome } },
  }))
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

function noSuchDraft(id: string): StepRefused {
  return refuse('not-found', `there is no rule draft ${id}`)
}

function wrongState({ id, state }: StoredDraft, from: readonly RuleDraftState[]): StepRefused {
  return refuse('conflict', `rule draft ${id} is ${state}; this takes one that is ${from.join(' or ')}`)
}
