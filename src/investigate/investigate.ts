import type { Brief } from '../domain/brief.ts'
import { appendEvidence, type EvidenceItem } from '../domain/evidence.ts'
import type { AskModel } from '../domain/model-question.ts'
import type { ModelSelection } from '../domain/model-selection.ts'
import type { Leaning } from '../domain/queue-place.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { collectEvidence } from '../evidence/collect-evidence.ts'
import { suspectedInjections } from '../verify/suspected-injection.ts'
import { caseStory } from './case-story.ts'
import { chooseForModel } from './choose-for-model.ts'
import { computeBrief } from './compute-brief.ts'
import { type ModelBrief, modelBrief } from './model-brief.ts'
import { queueLeaning } from './queue-leaning.ts'
import { readings } from './readings.ts'
import { spokenFields } from './spoken-fields.ts'

/** What an investigation found for one case revision. */
export interface Investigation {
  readonly evidence: readonly EvidenceItem[]
  /** Brief 0: always there. */
  readonly computed: Brief
  /** What it makes of the case's place in the queue. */
  readonly leaning: Leaning
}

/** An investigation with what came of asking a model. */
export interface FullInvestigation extends Investigation {
  readonly model: ModelBrief | { readonly kind: 'not-asked'; readonly reason: string }
}

/** What an investigation needs from outside. */
export interface InvestigationPorts {
  readonly tenant: string
  /** `undefined` where no model is configured: a state like any other. */
  readonly ask: AskModel | undefined
  readonly selection: ModelSelection
}

/** Gathers the evidence of a case and tells it without a model. Pure, deterministic, milliseconds. */
export function investigateCase(context: CaseContext): Investigation {
  const chosen = collectEvidence(context)
  const collected = appendEvidence(chosen, spokenFields(context, chosen))
  const story = caseStory(context)
  const evidence = appendEvidence(collected, [
    ...readings(context, story, collected),
    ...suspectedInjections(collected),
  ])
  return { evidence, computed: computeBrief(context, story, evidence), leaning: queueLeaning(context) }
}

/**
 * Investigates one case revision, and asks a model where the case is worth it. Brief 0 is a job of its own that comes
 * first (`investigation-jobs.ts`): nobody waits for a model to see it, and whatever the model does, it stays. Throws the
 * signal's reason.
 */
export async function investigate(
  context: CaseContext,
  { tenant, ask, selection }: InvestigationPorts,
  signal: AbortSignal,
): Promise<FullInvestigation> {
  const found = investigateCase(context)
  const choice = chooseForModel(context, selection)
  if (ask === undefined || choice.kind === 'unwanted') {
    const reason = ask === undefined ? 'no model is configured' : choice.why
    return { ...found, model: { kind: 'not-asked', reason } }
  }
  const scope = { tenant, caseId: context.case.id }
  return { ...found, model: await modelBrief(scope, found.evidence, found.computed, ask, signal) }
}
