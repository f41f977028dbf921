import type { WazuhEvent } from './event.ts'
import { comparedValue, type EventHistory } from './event-history.ts'
import type { Correlation, Search } from './rule.ts'

/** `previous_output` keeps no more than this. */
const mostPrevious = 11

/**
 * Whether enough earlier events stand behind this one. Walks the history from the latest back, passes over what
 * differs, and stops at the end of the timeframe or at an event that a correlation of at least this level has used.
 * On success the event and the latest counted one are marked as used, so that the count starts anew.
 */
export function correlates(
  event: WazuhEvent,
  history: EventHistory,
  correlation: Correlation,
  search: Search,
  level: number,
): boolean {
  const alike = eventsAlike(event, history, correlation)
  if (!alike || alike.size <= correlation.skip) return false
  let counted = 0
  let latest: WazuhEvent | undefined
  for (let back = 0; ; back++) {
    const earlier = alike.back(back)
    if (!earlier) return false
    if (event.arrivedAt - earlier.arrivedAt > correlation.timeframeSeconds) return false
    if (!isComparable(event, earlier, correlation, search)) continue
    if (earlier.consumedLevel >= level) return false
    const last = counted >= correlation.skip
    // Searches by id and by group keep the event that completes the count as well.
    if (counted < mostPrevious && (!last || search !== 'events') && event.previous[counted] === undefined)
      event.previous[counted] = earlier.fullLog
    if (last) break
    counted++
    latest ??= earlier
  }
  event.consumedLevel = level
  if (latest) latest.consumedLevel = level
  return true
}

/** Those of the history that have the event's value of the first field that must be the same. */
function eventsAlike(
  event: WazuhEvent,
  history: EventHistory,
  { same }: Correlation,
): EventHistory | undefined {
  const [field] = same
  if (field === undefined) return history
  const value = comparedValue(event, field)
  return value === undefined ? undefined : history.having(field, value)
}

function isComparable(
  event: WazuhEvent,
  earlier: WazuhEvent,
  correlation: Correlation,
  search: Search,
): boolean {
  if (!correlation.acrossAgents && earlier.agentId !== event.agentId) return false
  if (search === 'events') {
    if (earlier.category !== event.category) return false
    const regex = correlation.matchedRegex
    if (regex && !regex.matches(earlier.log, earlier.logLower)) return false
  }
  for (const field of correlation.same) {
    const value = comparedValue(event, field)
    if (value === undefined || value !== comparedValue(earlier, field)) return false
  }
  for (const field of correlation.different) {
    const value = comparedValue(event, field)
    if (value !== undefined && value === comparedValue(earlier, field)) return false
  }
  return comparesDynamic(event, earlier, correlation)
}

function comparesDynamic(
  event: WazuhEvent,
  earlier: WazuhEvent,
  { sameDynamic, differentDynamic }: Correlation,
): boolean {
  for (const name of sameDynamic) {
    const value = event.dynamic(name)
    if (value === undefined || value !== earlier.dynamic(name)) return false
  }
  if (differentDynamic.length === 0) return true
  if (event.dynamicNames.length === 0 && earlier.dynamicNames.length === 0) return false
  for (const name of differentDynamic) {
    const value = event.dynamic(name)
    if (value !== undefined && value === earlier.dynamic(name)) return false
  }
  return true
}
