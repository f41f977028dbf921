import { foldText } from './fold-text.ts'

/** Text in one spelling, with the way back: patterns are matched on `text`, evidence is quoted from the original. */
export interface FoldedText {
  readonly text: string
  /** The UTF-16 offset in the original for an offset in `text`. */
  originalOffset(offset: number): number
}

/** Folds word by word, so that offsets stay exact to the word wherever folding changes lengths. */
export function foldWithOffsets(original: string): FoldedText {
  let text = ''
  const folded: number[] = []
  const source: number[] = []
  for (const match of original.matchAll(/\s+|\S+/g)) {
    const piece = /^\s/.test(match[0]) ? ' ' : foldText(match[0])
    folded.push(text.length)
    source.push(match.index)
    text += piece
  }
  return {
    text,
    originalOffset(offset) {
      let low = 0
      let high = folded.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((folded[middle] ?? 0) <= offset) low = middle
        else high = middle - 1
      }
      const end = source[low + 1] ?? original.length
      return Math.min((source[low] ?? 0) + offset - (folded[low] ?? 0), end)
    },
  }
}
