/** A stretch of a report: plain, or marked with what was found there. */
export type Passage = {
  readonly text: string
  /** Where a link to the passage leads. */
  readonly anchor?: string
} & ({ readonly kind: 'plain' } | { readonly kind: MarkKind; readonly label: string })

type MarkKind = 'indicator' | 'technique' | 'cited'

/** Marks in the order in which one hides another. */
const ranks: readonly MarkKind[] = ['indicator', 'technique', 'cited']

interface Mark {
  readonly kind: MarkKind
  readonly start: number
  readonly end: number
  readonly label: string
}

/** Longer reports are shown to here. */
const shownPoints = 200_000

/** The anchor of the passage that begins there (UTF-16 units). */
export const passageAnchor = (start: number): string => `passage-${start}`

/**
 * Cuts a report's text where indicators, technique quotes and what a model cites stand. Offsets of indicators are code points, as
 * the API gives them; where marks overlap, the indicator wins, since it is the smaller one.
 */
export function passagesOf(
  text: string,
  indicators: readonly { readonly offset: number; readonly type: string; readonly value: string }[],
  techniques: readonly { readonly id: string; readonly quotes: readonly string[] }[],
  cited: readonly { readonly start: number; readonly end: number }[] = [],
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
  for (const { start, end } of cited)
    if (end <= shown.length) marks.push({ kind: 'cited', start, end, label: 'cited above' })
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
    const mark = ranks.flatMap(rank => open.find(({ kind }) => kind === rank) ?? [])[0]
    const anchored = open.some(each => each.kind === 'cited' && each.start === start)
    const piece = { text: text.slice(start, end), ...(anchored ? { anchor: passageAnchor(start) } : {}) }
    passages.push(
      mark === undefined ? { kind: 'plain', ...piece } : { kind: mark.kind, ...piece, label: mark.label },
    )
  })
  return passages
}
