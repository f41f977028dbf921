import type { DraftCase } from '../domain/rule-draft.ts'
import { toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { RuleBacktest, type RuleTally } from '../wazuh-rules/rule-backtest.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { type DecodedEvent, type LogOrigin, Session, type Verdict } from '../wazuh-rules/session.ts'
import type { CorpusScan } from '../yara/clean-corpus.ts'

/** What came of a case. `rule` is the id that fired, of whatever rule. */
export interface JudgedCase extends DraftCase {
  readonly rule: string | undefined
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
const caseInstant = Date.parse('2026-01-07T12:00:00Z') / 1000

/**
 * Runs a sound draft: its cases, each in a session of its own, then the past. Stops early, and says so, where `expired`
 * turns true: a draft that is too slow must not hold up the others.
 */
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
  const open = (ruleset: typeof after) =>
    new Session(ruleset, {
      location: 'draft',
      agent: undefined,
      managerName: 'localhost',
      prefilter: fastPrefilter(),
    })
  const judged = cases.map(one => judgeCase(one, open(after), own))
  const [present, drafted] = [open(before), open(after)]
  const backtest = new RuleBacktest(own)
  let pastEvents = 0
  let cutShort = false
  for (const event of past) {
    if (expired()) {
      cutShort = true
      break
    }
    pastEvents++
    const day = new Date(event.atSeconds * 1000).toISOString().slice(0, 10)
    const { source, verdict } = event
    backtest.count({ source, day, verdict, before: run(present, event), after: run(drafted, event) })
  }
  return { cases: judged, tallies: backtest.tallies(), pastEvents, cutShort }
}

function run(session: Session, { content, atSeconds, origin }: PastEvent): Verdict {
  if (typeof content === 'string') return session.process(toByteText(content), atSeconds, origin)
  return session.processDecoded(content, atSeconds, origin)
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
