import type { BacktestCase } from '../wazuh-rules/rule-backtest.ts'
import type { Ruleset } from '../wazuh-rules/ruleset.ts'
import { runPast } from './draft-session.ts'
import { pastEventsOf } from './past-event.ts'
import { VerdictChanges } from './verdict-changes.ts'

/**
 * Stored alerts through the ruleset without and with a draft of decoders or a list, until `endsAt` on the monotonic clock:
 * on what another rule fires now. `count` gets each pair of outcomes.
 */
export function comparePast(
  past: Parameters<typeof pastEventsOf>[0],
  before: Ruleset,
  after: Ruleset,
  endsAt: number,
  count: (pair: BacktestCase) => void,
): { readonly changes: VerdictChanges; readonly seen: number; readonly cutShort: boolean } {
  const changes = new VerdictChanges()
  const ran = runPast(
    pastEventsOf(past, before.decoders),
    before,
    after,
    () => performance.now() > endsAt,
    pair => {
      changes.count(pair.before, pair.after)
      count(pair)
    },
  )
  return { changes, ...ran }
}
