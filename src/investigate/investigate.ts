import type { Brief } from '../domain/brief.ts'
import { appendEvidence, type EvidenceItem } from '../domain/evidence.ts'
import type { AskModel } from '../domain/model-question.ts'
import type { ModelSelection } from '../domain/model-selection.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { collectEvidence } from '../evidence/collect-evidence.ts'
import { suspectedInjections } from '../verify/suspected-injection.ts'
import { caseStory } from './case-story.ts'
import { chooseForModel } from './choose-for-model.ts'
import { computeBrief } from './compute-brief.ts'
import { type ModelBrief, modelBrief } from './model-brief.ts'
import { readings } from './readings.ts'
import { spokenFields } from './spoken-fields.ts'

/** What an investigation found for one case revision. */
export interface Investigation {
  readonly evidence: readonly EvidenceItem[]
  /** Brief 0: always there. */
  readonly computed: Brief
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
  /** Keeps what was found: called with brief 0 at once, and again when a model has answered. */
  readonly record: (investigation: FullInvestigation, signal: AbortSignal) => Promise<void>
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
  return { evidence, computed: computeBrief(context, story, evidence) }
}

/**
 * Investigates one case revision: gather, conclude by code, record, ask a model where the case is worth it, record
 * again. Nobody waits for a model to see brief 0, and whatever the model does, brief 0 stays. Throws what `record`
 * throws, and the signal's reason.
 */
export async function investigate(
  context: CaseContext,
  ports: InvestigationPorts,
  signal: AbortSignal,
): Promise<FullInvestigation> {
  const found = investigateCase(context)
  const choice = chooseForModel(context, ports.selection)
  if (ports.ask === undefined || choice.kind === 'unwanted') {
    const reason = ports.ask === undefined ? 'no model is configured' : choice.why
    const done: FullInvestigation = { ...found, model: { kind: 'not-asked', reason } }
    await ports.record(done, signal)
    return done
  }
  await ports.record(
    { ...found, model: { kind: 'not-asked', reason: 'the model has not answered yet' } },
    signal,
  )
  const scope = { tenant: ports.tenant, caseId: context.case.id }
  const model = await modelBrief(scope, found.evidence, found.computed, ports.ask, signal)
  const done: FullInvestigation = { ...found, model }
  await ports.record(done, signal)
  return done
}
