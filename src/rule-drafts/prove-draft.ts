import type { DraftCase } from '../domain/rule-draft.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import { RuleBacktest, type RuleTally } from '../wazuh-rules/rule-backtest.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { DecodedEvent, LogOrigin, Session } from '../wazuh-rules/session.ts'
import type { CorpusScan } from '../yara/clean-corpus.ts'
import { draftSession, runPast } from './draft-session.ts'

/** What came of a case. `rule` is the id that fired, of whatever rule; of decoders, the draft's that read the log. */
export interface JudgedCase extends DraftCase {
  readonly rule: string | undefined
  /** For decoders: the fields that were found. */
  readonly fields?: { readonly name: string; readonly value: string }[]
  readonly pass: boolean
}

/** One event of the past to run the draft over. */
export interface PastEvent {
  readonly source: string
  readonly atSeconds: number
  readonly origin: LogOrigin
  /** A log as text, or the fields of an event that was decoded in Wazuh's own code. */
  readonly content: string | DecodedEvent
  /** What people said of its alert. */
  readonly verdict: string | undefined
}

/** What is known of a draft because it was run. Nothing in here comes from a model. */
export interface Proof {
  readonly cases: readonly JudgedCase[]
  readonly tallies: readonly RuleTally[]
  readonly pastEvents: number
  /** True where the time ran out before all of the past was seen. */
  readonly cutShort: boolean
  /** For YARA: files that must, or must not, match. */
  readonly samples?: readonly JudgedSample[]
  /** For YARA: what it matches among files that are known to be clean. */
  readonly corpus?: CorpusScan
}

export interface JudgedSample {
  readonly name: string
  readonly sha256: string
  readonly mustMatch: boolean
  /** The rules that match it. */
  readonly rules: readonly string[]
  readonly pass: boolean
  /** Why it could not be scanned, where it could not. */
  readonly trouble?: string
}

/** A moment of its own for the cases: noon, so that no rule on working hours interferes. */
export const caseInstant = Date.parse('2026-01-07T12:00:00Z') / 1000

/** Runs a sound draft: its cases, each in a session of its own, then the past until `expired` turns true. */
export function proveDraft(
  draft: { readonly fileName: string; readonly text: string; readonly ruleIds: readonly number[] },
  base: RulesetFiles,
  cases: readonly DraftCase[],
  past: Iterable<PastEvent>,
  expired: () => boolean,
): Proof {
  const { ruleset: before } = loadRuleset(base)
  const { ruleset: after } = loadRuleset({
    ...base,
    rules: [...base.rules, { name: draft.fileName, text: draft.text }],
  })
  const own = new Set(draft.ruleIds.map(String))
  const judged = cases.map(one => judgeCase(one, draftSession(after), own))
  const backtest = new RuleBacktest(own)
  const { seen, cutShort } = runPast(past, before, after, expired, pair => backtest.count(pair))
  // A rule without a hit has its level all the same.
  const tallies = backtest.tallies().map(tally => {
    const body = after.rules.byId.get(Number(tally.rule_id))?.body
    return tally.hits > 0 || !body
      ? tally
      : { ...tally, level: body.level, description: fromByteText(body.description) }
  })
  return { cases: judged, tallies, pastEvents: seen, cutShort }
}

/** Several lines are several logs of one session, as in Wazuh's own tests: the last one counts. */
function judgeCase(one: DraftCase, session: Session, own: ReadonlySet<string>): JudgedCase {
  let rule: string | undefined
  for (const log of one.log.split('\n').filter(line => line !== '')) {
    const { event } = session.process(toByteText(log), caseInstant)
    rule = event.rule ? String(event.rule.id) : undefined
  }
  return { ...one, rule, pass: (rule !== undefined && own.has(rule)) === one.fires }
}
