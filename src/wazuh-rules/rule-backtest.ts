import { fromByteText } from './byte-text.ts'
import type { Verdict } from './session.ts'

/** What a backtest knows of one rule: plain JSON, so that it can be kept and gone on with. */
export interface RuleTally {
  readonly rule_id: string
  level: number
  description: string
  hits: number
  by_host: Record<string, number>
  by_day: Record<string, number>
  /** Hits by the verdict that people gave the alert; `unjudged` where nobody has. */
  against: Record<string, number>
  /** Which rule fired on the same logs before (`none`: no rule did), and how often. */
  instead_of: Record<string, number>
  examples: { readonly source: string; readonly log: string }[]
}

/** One log and what came of it with the present ruleset and with the draft in it. */
export interface BacktestCase {
  /** The alert's id, or the line number. */
  readonly source: string
  readonly day: string
  readonly verdict: string | undefined
  readonly before: Verdict
  readonly after: Verdict
}

/** One event on which a rule fired. */
export interface RuleHit {
  readonly ruleId: string
  readonly level: number
  readonly description: string
  readonly host: string
  readonly day: string
  readonly verdict: string | undefined
  /** The rule that fired on it before; `none` where there was none. */
  readonly insteadOf: string
  readonly source: string
  readonly log: string
}

const mostExamples = 5
const longestExample = 400
/** A log source can name as many hosts as it likes. */
const mostHosts = 1000

/** Counts what drafted rules would have done. Holds one tally per watched rule. */
export class RuleBacktest {
  readonly #tallies: Map<string, RuleTally>

  constructor(watched: Iterable<string>, earlier: readonly RuleTally[] = []) {
    this.#tallies = new Map([...watched].map(id => [id, emptyTally(id)]))
    for (const tally of earlier) if (this.#tallies.has(tally.rule_id)) this.#tallies.set(tally.rule_id, tally)
  }

  count({ source, day, verdict, before, after }: BacktestCase): void {
    const { event } = after
    const rule = event.rule
    if (!rule || !this.#tallies.has(String(rule.id))) return
    this.countHit({
      ruleId: String(rule.id),
      level: rule.body.level,
      description: fromByteText(rule.body.description),
      host: fromByteText(event.hostname),
      day,
      verdict,
      insteadOf: before.event.rule ? String(before.event.rule.id) : 'none',
      source,
      log: fromByteText(event.fullLog),
    })
  }

  /** The same for an engine of any kind. A rule that is not watched is not counted. */
  countHit({ ruleId, level, description, host, day, verdict, insteadOf, source, log }: RuleHit): void {
    const tally = this.#tallies.get(ruleId)
    if (!tally) return
    tally.hits++
    tally.level = level
    tally.description = description
    const known = Object.hasOwn(tally.by_host, host) || Object.keys(tally.by_host).length < mostHosts
    add(tally.by_host, known ? host : '(others)')
    add(tally.by_day, day)
    add(tally.against, verdict ?? 'unjudged')
    add(tally.instead_of, insteadOf)
    if (tally.examples.length < mostExamples)
      tally.examples.push({ source, log: log.slice(0, longestExample) })
  }

  tallies(): readonly RuleTally[] {
    return [...this.#tallies.values()]
  }
}

function emptyTally(id: string): RuleTally {
  const counts = (): Record<string, number> => Object.create(null)
  return {
    rule_id: id,
    level: 0,
    description: '',
    hits: 0,
    by_host: counts(),
    by_day: counts(),
    against: counts(),
    instead_of: counts(),
    examples: [],
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0) + 1
}
