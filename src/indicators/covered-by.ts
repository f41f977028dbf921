import { lastAtMost } from '../lib/last-at-most.ts'
import type { Found } from './found.ts'

type Span = Pick<Found, 'start' | 'end'>

/** A test for lying within one of the given spans (which do not overlap). Logarithmic per question: lists are long. */
export function coveredBy(spans: readonly Span[]): (span: Span) => boolean {
  const sorted = [...spans].sort((a, b) => a.start - b.start)
  const starts = sorted.map(({ start }) => start)
  return span => {
    const before = sorted[lastAtMost(starts, span.start)]
    return before !== undefined && span.end <= before.end
  }
}
