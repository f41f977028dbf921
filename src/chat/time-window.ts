/** A span of time, `untilMs` not included. */
export interface TimeWindow {
  readonly fromMs: number
  readonly untilMs: number
  readonly words: string
}

const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

/**
 * Reads `last 24 hours`, `today`, `yesterday`, `on 2026-06-28`, `between 10:00 and 11:00`, `since 2026-06-28`; all in
 * UTC. Relative times count back from now, or from the newest alert where that is more than a day old: a recording
 * has its own now.
 */
export function readTimeWindow(
  folded: string,
  nowMs: number,
  newestMs: number | undefined,
): TimeWindow | undefined {
  const endMs = newestMs !== undefined && nowMs - newestMs > 86_400_000 ? newestMs : nowMs
  const dayStart = (ms: number) => Math.floor(ms / 86_400_000) * 86_400_000
  const last = /\b(?:last|past|previous)\s+(?:(\d{1,4})\s+)?(minute|hour|day|week)s?\b/.exec(folded)
  if (last !== null) {
    const span = Number(last[1] ?? 1) * (unitMs[last[2] ?? ''] ?? 0)
    return { fromMs: endMs - span, untilMs: endMs + 1, words: `the last ${last[1] ?? '1'} ${last[2]}(s)` }
  }
  const date = /\b(\d{4}-\d{2}-\d{2})(?:[t ](\d{2}:\d{2}(?::\d{2})?)(?:z| utc)?)?\b/.exec(folded)
  const between = /\bbetween\s+(\d{1,2}:\d{2})\s+and\s+(\d{1,2}:\d{2})\b/.exec(folded)
  if (between !== null) {
    const day = date === null ? dayStart(endMs) : Date.parse(`${date[1]}T00:00:00Z`)
    return {
      fromMs: day + minutes(between[1]) * 60_000,
      untilMs: day + minutes(between[2]) * 60_000,
      words: `${between[1]} to ${between[2]} UTC`,
    }
  }
  if (date !== null) {
    const atMs = Date.parse(`${date[1]}T${date[2] ?? '00:00:00'}Z`)
    if (Number.isNaN(atMs)) return undefined
    if (/\b(since|after|from)\b/.test(folded))
      return { fromMs: atMs, untilMs: Number.MAX_SAFE_INTEGER, words: `since ${date[0]}` }
    if (/\b(before|until)\b/.test(folded)) return { fromMs: 0, untilMs: atMs, words: `before ${date[0]}` }
    return {
      fromMs: atMs,
      untilMs: atMs + (date[2] === undefined ? 86_400_000 : 60_000),
      words: `on ${date[0]}`,
    }
  }
  if (/\btoday\b/.test(folded))
    return { fromMs: dayStart(endMs), untilMs: dayStart(endMs) + 86_400_000, words: 'today' }
  if (/\byesterday\b/.test(folded))
    return { fromMs: dayStart(endMs) - 86_400_000, untilMs: dayStart(endMs), words: 'yesterday' }
  return undefined
}

function minutes(text: string | undefined): number {
  const [hour = '0', minute = '0'] = (text ?? '').split(':')
  return Number(hour) * 60 + Number(minute)
}
