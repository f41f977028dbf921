import type { RuleDeployment } from '../domain/rule-deployment.ts'
import type { RuleDraftState, RuleKind } from '../domain/rule-draft.ts'
import { findRuleDraft } from '../store/rule-drafts.ts'
import { deployRules, rollBackRules } from './deploy-rules.ts'
import { noSuchDraft, stepOfDraft } from './draft-life.ts'
import {
  type DraftLifePorts,
  digestOfDraft,
  refuse,
  type StepRefused,
  type StepResult,
  type StoredDraft,
} from './draft-store.ts'
import type { Measured } from './measure-draft.ts'

/** A deployment that has said nothing for so long has died with its process. */
const deadAfterMs = 15 * 60_000

/**
 * Deploys an approved draft, once: the state and the intent are written before anything is sent. Whatever fails puts
 * Wazuh back as it was.
 */
export function deployDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  signal: AbortSignal,
): Promise<StepResult> {
  return changeWazuh(ports, tenant, id, person, {
    step: 'deploy',
    from: ['approved'],
    whyNot: draft =>
      draft.digest === digestOfDraft(draft) ? undefined : 'the draft is not the one that was approved',
    async run({ kind, fileName, text, replaces }, target) {
      const approved = { fileName, text, expectedBefore: replaces ?? undefined }
      const outcome = await deployRules(approved, target, ports.deployment, signal)
      if (outcome.kind === 'deployed') return { state: 'deployed', reason: runsWithIt[kind] }
      const state = outcome.kind === 'not-started' ? 'not-deployed' : outcome.kind
      return { state, reason: outcome.reason }
    },
  })
}

/** Puts back what the draft replaced. */
export function rollBackDraft(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  signal: AbortSignal,
): Promise<StepResult> {
  return changeWazuh(ports, tenant, id, person, {
    step: 'roll-back',
    from: ['deployed', 'broken', 'deploying'],
    whyNot: (draft, nowMs) =>
      draft.state === 'deploying' && nowMs - draft.changedAtMs < deadAfterMs
        ? 'it is being deployed at this moment: wait for the outcome'
        : undefined,
    async run({ fileName, text, replaces }, target) {
      const deployed = { fileName, text, before: replaces ?? undefined }
      const outcome = await rollBackRules(deployed, target, ports.deployment, signal)
      return {
        state: outcome.kind,
        reason: outcome.kind === 'rolled-back' ? 'put back by hand' : outcome.reason,
      }
    },
  })
}

interface WazuhChange {
  readonly step: 'deploy' | 'roll-back'
  readonly from: readonly RuleDraftState[]
  /** Why it is not done, looked at with the draft's row held. */
  whyNot(draft: StoredDraft, nowMs: number): string | undefined
  run(
    draft: StoredDraft,
    target: RuleDeployment,
  ): Promise<{ readonly state: RuleDraftState; readonly reason: string }>
}

/** Claims the draft, with the intent in the ledger; changes Wazuh; then writes down how it ended. */
async function changeWazuh(
  ports: DraftLifePorts,
  tenant: string,
  id: string,
  person: string,
  { step, from, whyNot, run }: WazuhChange,
): Promise<StepResult> {
  const found = await targetOfDraft(ports, tenant, id)
  if (found.kind === 'refused') return found
  const claimed = await stepOfDraft(ports, tenant, id, from, async (draft, nowMs) => {
    const reason = whyNot(draft, nowMs)
    if (reason !== undefined) return refuse('conflict', reason)
    return {
      change: { state: 'deploying' },
      record: { kind: 'action-intent', actor: person, body: { step, digest: draft.digest } },
    }
  })
  if (claimed.kind === 'refused') return claimed
  const { state, reason } = await run(claimed.draft, found.target)
  return stepOfDraft(ports, tenant, id, ['deploying'], async ({ digest }) => ({
    change: { state, outcome: reason },
    record: { kind: 'action-outcome', actor: person, body: { digest, result: state, reason } },
  }))
}

const runsWithIt: Readonly<Record<RuleKind, string>> = {
  wazuh: 'Wazuh runs with it',
  decoders: 'Wazuh decodes with it',
  lists: 'it is on the manager; rules can look into it where ossec.conf names it',
  sigma: 'the indexer runs with it',
  yara: 'it is among the rules for endpoints; they take it once the set is signed',
}

const noServer = 'no Wazuh server is connected: set TOCSIN_WAZUH_API_URL'
const whereTo: Readonly<Record<RuleKind, string>> = {
  wazuh: noServer,
  decoders: noServer,
  lists: noServer,
  sigma:
    'no Wazuh 5 indexer is connected that takes Sigma rules: set TOCSIN_INDEXER_URL, or turn the rule into a Wazuh rule',
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
