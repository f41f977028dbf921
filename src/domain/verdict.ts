/** What an alert or case turned out to be. Only a person sets one; of what is proposed see `queue-place.ts`. */
export const verdicts = ['true_positive', 'benign_true_positive', 'false_positive', 'undetermined'] as const
export type Verdict = (typeof verdicts)[number]

/** Severity of a case, from the Wazuh level: 0-6 low, 7-11 medium, 12-14 high, 15-16 critical. */
export const severities = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The severity that a Wazuh level sets. A model may never go below it. Source: Wazuh's own dashboard bands. */
export function severityOfLevel(level: number): Severity {
  return level >= 15 ? 'critical' : level >= 12 ? 'high' : level >= 7 ? 'medium' : 'low'
}
