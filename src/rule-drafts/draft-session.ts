import { toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import type { BacktestCase } from '../wazuh-rules/rule-backtest.ts'
import type { Ruleset } from '../wazuh-rules/ruleset.ts'
import { Session, type Verdict } from '../wazuh-rules/session.ts'
import type { PastEvent } from './prove-draft.ts'

/** A session as drafts are run in: nobody's agent, a place of its own. */
export function draftSession(ruleset: Ruleset): Session {
  return new Session(ruleset, {
    location: 'draft',
    agent: undefined,
    managerName: 'localhost',
    prefilter: fastPrefilter(),
  })
}

/**
 * Runs the past through the present ruleset and through the one with the draft, each in one session. Stops early, and says
 * so, where `expired` turns true: a draft that is too slow must not hold up the others.
 */
export function runPast(
  past: Iterable<PastEvent>,
  before: Ruleset,
  after: Ruleset,
  expired: () => boolean,
  count: (pair: BacktestCase) => void,
): { readonly seen: number; readonly cutShort: boolean } {
  const [present, drafted] = [draftSession(before), draftSession(after)]
  let seen = 0
  for (const event of past) {
    if (expired()) return { seen, cutShort: true }
    seen++
    const day = new Date(event.atSeconds * 1000).toISOString().slice(0, 10)
    const { source, verdict } = event
    count({ source, day, verdict, before: runEvent(present, event), after: runEvent(drafted, event) })
  }
  return { seen, cutShort: false }
}

/** Runs one event of the past. */
export function runEvent(session: Session, { content, atSeconds, origin }: PastEvent): Verdict {
  if (typeof content === 'string') return session.process(toByteText(content), atSeconds, origin)
  return session.processDecoded(content, atSeconds, origin)
}
