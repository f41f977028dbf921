import { z } from 'zod'
import { entityTypes } from '../domain/alert.ts'
import type { CaseContext } from '../evidence/case-context.ts'

/**
 * Which cases get a model brief. Empty lists ask for nothing; a case that meets any one of the conditions is wanted.
 * What a day may cost is the gateway's budget, not this.
 */
export const modelSelectionSchema = z.object({
  ruleIds: z.array(z.string()).default([]),
  groups: z.array(z.string()).default([]),
  /** From this Wazuh level on; 17 for never. */
  minLevel: z.number().int().min(0).max(17).default(12),
  /**
   * From this probability on that the case needs a person; above 1 for never. A little over even: what is as likely
   * noise (a single odd web request) is not worth a call.
   */
  minProbability: z.number().min(0).max(1.1).default(0.6),
  /** `host:dc-01`, `user:ceo`: cases that name one of these. */
  entities: z.array(z.string().regex(new RegExp(`^(?:${entityTypes.join('|')}):.+$`))).default([]),
})

export type ModelSelection = z.infer<typeof modelSelectionSchema>

/** Whether a case is worth a model call, and why, for a person. */
export type ModelChoice =
  | { readonly kind: 'wanted'; readonly why: string /** Higher is asked first. */; readonly priority: number }
  | { readonly kind: 'unwanted'; readonly why: string }

export function chooseForModel(context: CaseContext, selection: ModelSelection): ModelChoice {
  const why = whyWanted(context, selection)
  if (why === undefined)
    return { kind: 'unwanted', why: 'the case meets none of the conditions for a model brief' }
  return { kind: 'wanted', why, priority: context.case.maxLevel / 16 + highestProbability(context) }
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
