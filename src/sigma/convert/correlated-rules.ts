import { type Problem, problem } from '../../lib/problem.ts'
import type { SigmaCorrelation, SigmaDocument, SigmaRule } from '../sigma-rule.ts'

/** What a correlation counts, read for a converter: its rules, the least count, or why another language cannot say it. */
export interface CorrelatedRules {
  readonly rules: readonly SigmaRule[]
  /** The count from which on it holds; undefined where the condition is no lower bound alone. */
  readonly atLeast: number | undefined
  readonly problems: readonly Problem[]
}

/** Finds the rules of a correlation among the documents of its file. */
export function correlatedRules(
  { rules: names, bounds, type }: SigmaCorrelation,
  documents: readonly SigmaDocument[],
): CorrelatedRules {
  const problems: Problem[] = []
  const rules = names.flatMap(name => {
    const found = documents.find(({ content }) => content?.id === name || content?.name === name)?.content
    if (found?.kind === 'rule') return [found]
    problems.push(
      problem(
        'cannot-express',
        found === undefined
          ? `the rule '${name}' is not in this file: put it before the correlation`
          : `'${name}' is a correlation itself: only correlations of rules are converted`,
      ),
    )
    return []
  })
  const [bound, ...more] = bounds
  const lower =
    bound === undefined || more.length > 0
      ? undefined
      : bound.operator === 'gte'
        ? bound.value
        : bound.operator === 'gt'
          ? Math.floor(bound.value) + 1
          : undefined
  const all = bounds.length === 0 && type.startsWith('temporal') ? names.length : undefined
  return { rules, atLeast: lower ?? all, problems }
}

/** The name that a field has in the events of each rule, where all agree. */
export function agreedField(
  field: string,
  { aliases }: SigmaCorrelation,
  rules: readonly SigmaRule[],
  nameOf: (field: string, rule: SigmaRule) => string | undefined,
): string | undefined {
  const names = rules.map(rule => {
    const own = aliases[field]
    return nameOf(own?.[rule.name ?? ''] ?? own?.[rule.id] ?? field, rule)
  })
  const [first] = names
  return names.every(name => name === first) ? first : undefined
}
