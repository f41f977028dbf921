import type { ValueClass } from '../domain/value-class.ts'

/** A sensitive piece of a text. `start` and `end` are UTF-16 offsets, `end` excluded. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly class: ValueClass
  /** What makes two spellings the same thing; the placeholder is given per identity. */
  readonly identity: string
  /** For an encoded run: the text it holds. */
  readonly decoded?: string
}

/**
 * Makes spans that do not overlap, in order. The longest wins and hides what lies inside it. Two that overlap in
 * part become one, of the longer one's class, so that no tail of a value is left over.
 */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const merged: Span[] = []
  for (const span of sorted) {
    const last = merged.at(-1)
    if (last === undefined || span.start >= last.end) merged.push(span)
    else if (span.end > last.end) merged[merged.length - 1] = union(last, span)
  }
  return merged
}

function union(first: Span, second: Span): Span {
  const [longer, shorter] =
    second.end - second.start > first.end - first.start ? [second, first] : [first, second]
  return {
    start: first.start,
    end: second.end,
    class: longer.class,
    identity: `${longer.identity}\0with ${shorter.identity}`,
  }
}
