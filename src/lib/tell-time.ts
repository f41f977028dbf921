/** `2025-07-04 19:08:28 UTC`. */
export function tellTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `30 seconds`, `12 minutes`, `3 hours`, `2 days`. */
export function tellSpan(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 90) return count(seconds, 'second')
  if (seconds < 90 * 60) return count(Math.round(seconds / 60), 'minute')
  if (seconds < 36 * 3600) return count(Math.round(seconds / 3600), 'hour')
  return count(Math.round(seconds / 86_400), 'day')
}

/** `1 alert`, `3 alerts`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
