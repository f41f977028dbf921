/**
 * Wazuh's timestamps in milliseconds since the epoch, or `undefined`. Takes `2026-11-24T21:53:59.958+0000` (offset
 * without a colon, so not strict ISO 8601), ISO 8601, epoch seconds and epoch milliseconds. Text without an offset is
 * UTC. Source: analysisd `format/json_extended.c`.
 */
export function parseTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') return plausible(value < 1e11 ? value * 1000 : value)
  if (typeof value !== 'string') return undefined
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?\s*(?:Z|([+-]\d\d):?(\d\d))?$/.exec(value)
  if (match === null) return undefined
  const [, date, time, fraction = '', hours, minutes] = match
  const offset = hours === undefined ? 'Z' : `${hours}:${minutes}`
  return plausible(Date.parse(`${date}T${time}${fraction.slice(0, 4)}${offset}`))
}

/** Outside the years 1970 to 2200 a time is a mistake, and would break the interval arithmetic that follows. */
function plausible(ms: number): number | undefined {
  return Number.isFinite(ms) && ms >= 0 && ms < 7_258_118_400_000 ? Math.trunc(ms) : undefined
}
