import { editableStates, type RuleKind } from '../domain/rule-draft.ts'
import { findRuleDraft, listRuleDrafts, newestAlerts } from '../store/rule-drafts.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { DraftOrigin } from './draft-guard.ts'
import { noSuchDraft, stepOfDraft, unproven, wrongState } from './draft-life.ts'
import { samplesOf } from './draft-samples.ts'
import { type DraftLifePorts, refuse, type StepResult, type StoredDraft } from './draft-store.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'

/** Alerts of the past that a draft is run over. */
export const pastAlerts = 20_000
const measureBudgetMs = 60_000
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

const inWazuhXml = (kind: RuleKind) => kind === 'wazuh' || kind === 'decoders' || kind === 'lists'

/** What a draft of this kind is added to: the rules that are here, with what was deployed from here and is not among them yet. */
export async function presentBase(
  ports: DraftLifePorts,
  tenant: string,
  kind: RuleKind,
): Promise<RulesetFiles> {
  if (!inWazuhXml(kind)) return noRules
  return withDeployed(ports.base(), await listRuleDrafts<Measured>(ports.database, tenant))
}

function withDeployed(base: RulesetFiles, drafts: readonly StoredDraft[]): RulesetFiles {
  const added = (part: RuleKind, files: RulesetFiles['rules']) => [
    ...files,
    ...drafts
      .filter(({ kind, state }) => kind === part && state === 'deployed')
      .filter(({ fileName }) => files.every(({ name }) => name !== fileName))
      .map(({ fileName, text }) => ({ name: fileName, text })),
  ]
  return {
    decoders: added('decoders', base.decoders),
    rules: added('wazuh', base.rules),
    lists: added('lists', base.lists),
  }
}

const noRules: RulesetFiles = { decoders: [], rules: [], lists: [] }

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
    base: inWazuhXml(kind) ? withDeployed(ports.base(), others) : noRules,
    takenIds: others.flatMap(({ proof }) => (proof?.kind === 'proven' ? proof.ruleIds : [])),
    past: kind === 'yara' ? [] : await newestAlerts(ports.database, tenant, pastAlerts),
    deep: true,
    samples: kind === 'yara' ? await samplesOf(ports, ports.database, tenant, id) : [],
    budgetMs: measureBudgetMs,
  }
}
