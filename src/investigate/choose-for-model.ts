import type { ModelSelection } from '../domain/model-selection.ts'
import type { CaseContext } from '../evidence/case-context.ts'

/** Whether a case is worth a model call, and why, for a person. */
export interface ModelChoice {
  readonly kind: 'wanted' | 'unwanted'
  readonly why: string
}

export function chooseForModel(context: CaseContext, selection: ModelSelection): ModelChoice {
  const why = whyWanted(context, selection)
  if (why === undefined)
    return { kind: 'unwanted', why: 'the case meets none of the conditions for a model brief' }
  return { kind: 'wanted', why }
}

function whyWanted(context: CaseContext, selection: ModelSelection): string | undefined {
  if (context.case.maxLevel >= selection.minLevel) return `it reaches level ${context.case.maxLevel}`
  const probability = highestProbability(context)
  if (probability >= selection.minProbability)
    return `it needs a person with probability ${probability.toFixed(2)}`
  const rule = context.alerts.find(alert => selection.ruleIds.includes(alert.rule.id))
  if (rule !== undefined) return `it holds an alert of rule ${rule.rule.id}`
  const group = context.alerts
    .flatMap(alert => alert.rule.groups)
    .find(name => selection.groups.includes(name))
  if (group !== undefined) return `it holds an alert of group ${group}`
  const entity = context.case.entities.find(({ type, value }) =>
    selection.entities.includes(`${type}:${value}`),
  )
  return entity === undefined ? undefined : `it names the ${entity.type} ${entity.value}`
}

function highestProbability(context: CaseContext): number {
  return context.assessments.reduce((highest, { probability }) => Math.max(highest, probability), 0)
}
