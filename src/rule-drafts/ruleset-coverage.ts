import type { AddedTechniques } from '../knowledge/attack-knowledge.ts'
import { runInWorker } from '../lib/run-in-worker.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { type CoveringRule, coveringWazuhRules, techniqueCoverage } from './technique-coverage.ts'

export interface CoverageQuestion {
  readonly base: RulesetFiles
  /** Deployed rules of other kinds. */
  readonly others: readonly CoveringRule[]
  /** Techniques of reports, and how many reports name each. */
  readonly seen: ReadonlyMap<string, number>
  /** Techniques beside those that ship. */
  readonly added: AddedTechniques
}

export type RulesetCoverage = ReturnType<typeof techniqueCoverage>

/** The techniques that the rules of these files name, against those that were seen. */
export function rulesetCoverage({ base, others, seen, added }: CoverageQuestion): RulesetCoverage {
  const own = coveringWazuhRules(loadRuleset(base).ruleset.rules.rules)
  return techniqueCoverage([...own, ...others], seen, added)
}

const timeoutMs = 30_000

/** The same in a process of its own: loading a ruleset takes a second. */
export function coverageInWorker(question: CoverageQuestion, signal: AbortSignal): Promise<RulesetCoverage> {
  return runInWorker(new URL('./ruleset-coverage.worker.ts', import.meta.url), question, timeoutMs, signal)
}
