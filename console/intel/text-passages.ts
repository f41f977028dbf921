/** A stretch of a report: plain, or marked with what was found there. */
export type Passage =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'indicator' | 'technique'; readonly text: string; readonly label: string }

interface Mark {
  readonly kind: 'indicator' | 'technique'
  readonly start: number
  readonly end: number
  readonly label: string
}

/** Longer reports are shown to here. */
const shownPoints = 200_000

/**
 * Cuts a report's text where indicators and technique quotes stand. Offsets are code points, as the API gives them; where
 * marks overlap, the indicator wins, since it is the smaller one.
 */
export function passagesOf(
  text: string,
  indicators: readonly { readonly offset: number; readonly type: string; readonly value: string }[],
  techniques: readonly { readonly id: string; readonly quotes: readonly string[] }[],
): Passage[] {
  const points = [...text].slice(0, shownPoints)
  const shown = points.join('')
  const unitOf = unitOffsets(points)
  const marks: Mark[] = indicators.flatMap(({ offset, type, value }) => {
    const start = unitOf[offset]
    if (start === undefined) return []
    const written = /^\S+?(?=[,;"'<>|)\]]*(?:\s|$))/.exec(shown.slice(start, start + 2000))?.[0] ?? ''
    return written === ''
      ? []
      : [{ kind: 'indicator', start, end: start + written.length, label: `${type} ${value}` }]
  })
  for (const { id, quotes } of techniques)
    for (const quote of quotes.slice(0, 1)) {
      const start = shown.indexOf(quote)
      if (start !== -1) marks.push({ kind: 'technique', start, end: start + quote.length, label: id })
    }
  return cut(shown, marks)
}

/** For each code point, its offset in UTF-16 units. */
function unitOffsets(points: readonly string[]): number[] {
  const offsets: number[] = []
  let units = 0
  for (const point of points) {
    offsets.push(units)
    units += point.length
  }
  return offsets
}

function cut(text: string, marks: readonly Mark[]): Passage[] {
  const borders = [...new Set([0, text.length, ...marks.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  )
  const byStart = [...marks].sort((a, b) => a.start - b.start)
  const passages: Passage[] = []
  let open: Mark[] = []
  let next = 0
  borders.slice(0, -1).forEach((start, index) => {
    const end = borders[index + 1] ?? text.length
    while ((byStart[next]?.start ?? Number.POSITIVE_INFINITY) <= start)
      open.push(...byStart.slice(next, ++next))
    open = open.filter(mark => mark.end > start)
    const mark = open.find(({ kind }) => kind === 'indicator') ?? open[0]
    const piece = text.slice(start, end)
    passages.push(
      mark === undefined
        ? { kind: 'plain', text: piece }
        : { kind: mark.kind, text: piece, label: mark.label },
    )
  })
  return passages
}
