/** One line of a timeline stands for so many alerts. */
interface Counted {
  readonly count: number
}

/** What a long timeline leaves out: so many alerts, before the entry at `after`. */
export interface TimelineGap {
  readonly after: number
  readonly alerts: number
}

/** What happened in a case in order of time, and what is left out of it. */
export interface Timeline<Entry extends Counted> {
  readonly entries: readonly Entry[]
  readonly gap: TimelineGap | null
}

/** At most `limit` entries of a timeline: how it began and how it ended. What is left out between is counted. */
export function shortTimeline<Entry extends Counted>(
  { entries, gap }: Timeline<Entry>,
  limit: number,
): Timeline<Entry> {
  if (entries.length <= limit) return { entries, gap }
  const half = Math.ceil(limit / 2)
  const from = Math.min(half, gap?.after ?? half)
  const to = Math.max(entries.length - (limit - half), gap?.after ?? 0)
  const left = entries.slice(from, to).reduce((sum, { count }) => sum + count, gap?.alerts ?? 0)
  return {
    entries: [...entries.slice(0, from), ...entries.slice(to)],
    gap: { after: from, alerts: left },
  }
}
