import type { RuleCoverage } from '../../src/http/contract-rules.ts'
import { ruleKinds } from './rule-kind.ts'

/** The rules that name a technique, the first few of many: Wazuh's by number alone, as everyone calls them. */
export function ruleNames(rules: RuleCoverage['techniques'][number]['rules'], most: number): string {
  const names = rules
    .slice(0, most)
    .map(({ source, id }) => (source === 'wazuh' ? id : `${id} (${ruleKinds[source].name})`))
    .join(', ')
  return rules.length > most ? `${names} and ${rules.length - most} more` : names
}
