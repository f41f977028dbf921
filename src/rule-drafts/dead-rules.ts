import { runInWorker } from '../lib/run-in-worker.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import { type DeadRule, findDeadRules } from '../wazuh-rules/lint-tree.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { Verdict } from '../wazuh-rules/session.ts'
import { placeText } from '../wazuh-rules/xml.ts'
import { draftSession, runEvent } from './draft-session.ts'
import { pastEventsOf } from './past-event.ts'

export interface DeadRulesQuestion {
  readonly base: RulesetFiles
  readonly past: readonly { readonly raw: string; readonly verdict: string | null }[]
}

/** A rule that can never fire, with what past alerts show of it. */
export interface MeasuredDeadRule {
  readonly ruleId: string
  readonly level: number
  readonly description: string
  readonly kind: DeadRule['kind']
  readonly reason: string
  readonly where: string
  /** Past alerts on which it fired: none, or the reason above is wrong. */
  readonly fired: number
  /** Past alerts that its own conditions match, and that the rule before it took. */
  readonly passedOver: number
}

export interface DeadRules {
  readonly rules: readonly MeasuredDeadRule[]
  readonly pastEvents: number
}

/** Finds the rules that can never fire, and holds each against the alerts of the past. Rules of one's own come first. */
export function measureDeadRules({ base, past }: DeadRulesQuestion): DeadRules {
  const { ruleset } = loadRuleset(base)
  const dead = findDeadRules(ruleset.rules, ruleset.decoders)
  const counts = new Map(dead.map(({ rule }) => [rule, { fired: 0, passedOver: 0 }]))
  const session = draftSession(ruleset)
  let pastEvents = 0
  for (const event of pastEventsOf(past, ruleset.decoders)) {
    pastEvents++
    const verdict = runEvent(session, event)
    for (const one of dead) {
      const count = counts.get(one.rule)
      if (count && verdict.event.rule === one.rule) count.fired++
      else if (count && isPassedOver(one, verdict)) count.passedOver++
    }
  }
  const rules = dead.map(({ rule, kind, reason }) => ({
    ruleId: String(rule.id),
    level: rule.body.level,
    description: fromByteText(rule.body.description),
    kind,
    reason,
    where: `${rule.body.file}: ${placeText(rule.body.place)}`,
    ...(counts.get(rule) ?? { fired: 0, passedOver: 0 }),
  }))
  const custom = (id: string) => (Number(id) >= 100_000 ? 0 : 1)
  rules.sort((a, b) => custom(a.ruleId) - custom(b.ruleId) || b.passedOver - a.passedOver)
  return { rules, pastEvents }
}

/** Whether a rule that is tried before it took the event, which its own conditions match too. */
function isPassedOver({ rule, takenBy }: DeadRule, { event }: Verdict): boolean {
  if (takenBy === undefined || event.rule !== takenBy) return false
  const { decodedAs, tests } = rule.body
  if (decodedAs !== undefined && decodedAs !== event.decoder?.name) return false
  return tests.every(test => test.passes(event))
}

const timeoutMs = 60_000

/** The same in a process of its own: loading a ruleset takes a second, and the past many. */
export function deadRulesInWorker(question: DeadRulesQuestion, signal: AbortSignal): Promise<DeadRules> {
  return runInWorker(new URL('./dead-rules.worker.ts', import.meta.url), question, timeoutMs, signal)
}
