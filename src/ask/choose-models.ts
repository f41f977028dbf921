import type { ModelAnswer, ModelQuestion } from '../domain/model-question.ts'
import type { ModelClient } from '../llm/completion.ts'
import { decideQuestion, type QuestionDecision, type RequestRules, searchQuestion } from './build-request.ts'
import type { SearchedTexts } from './redact-together.ts'

export type ModelChoice =
  | {
      readonly kind: 'chosen'
      /** The preferred one first; none further away than it. */
      readonly models: readonly ModelClient[]
      readonly decision: QuestionDecision
      /** What is in the question, for whoever builds the request. */
      readonly searched: SearchedTexts
    }
  | Extract<ModelAnswer<never>, { kind: 'refused' | 'unavailable' }>

/**
 * Lets policy pick among the models of a task. Where it sends the question to a local model and there is none, or
 * that one is down, nobody is asked: there is no way from here to a model further away.
 */
export function chooseModels(
  question: Omit<ModelQuestion<unknown>, 'claimsOf'>,
  all: readonly ModelClient[],
  rules: RequestRules,
): ModelChoice {
  const { zones } = question
  const candidates = zones === undefined ? all : all.filter(client => zones.includes(client.zone))
  const [first] = candidates
  if (!first) {
    const reason =
      all.length === 0 || zones === undefined
        ? `no model is set up for task ${question.task}`
        : `the data's own marking allows only models of ${zones.join(', ')}, and none is set up for task ${question.task}`
    return { kind: 'unavailable', reason }
  }
  const searched = searchQuestion(question, rules)
  const decision = decideQuestion(question, searched, first.zone, rules)
  if (decision.decision === 'refuse') return refused(first, decision)
  if (decision.decision !== 'local' || first.zone === 'local') {
    return { kind: 'chosen', models: candidates, decision, searched }
  }
  const local = candidates.filter(client => client.zone === 'local')
  const [nearest] = local
  if (!nearest) {
    return {
      kind: 'unavailable',
      reason: `policy (rule ${decision.rule}) allows only a local model for this, and none is set up`,
    }
  }
  const localDecision = decideQuestion(question, searched, 'local', rules)
  if (localDecision.decision === 'refuse') return refused(nearest, localDecision)
  return { kind: 'chosen', models: local, decision: localDecision, searched }
}

function refused(model: ModelClient, decision: QuestionDecision): ModelChoice {
  return {
    kind: 'refused',
    reason: `policy (rule ${decision.rule}) does not let this go to ${model.name}: ${decision.reasons.join('; ')}`,
    problems: [{ code: 'policy-refused', message: decision.reasons.join('; '), where: decision.rule }],
  }
}
