/** A sentence with its place in the text (UTF-16 units). */
export interface Sentence {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A full stop that ends no sentence: `e.g.`, `vs.`, an initial, a number. */
const abbreviation = /(?:\b(?:e\.g|i\.e|etc|vs|fig|no|inc|ltd|corp|dr|mr|ms|approx|al)|\b[A-Z]|^\s*\d+)\.$/i

/** Longer pieces are cut: a wall of text without full stops is one sentence to nobody. */
const longest = 600

/**
 * Splits text into sentences: at line ends that are paragraph breaks or list entries, and after full stops, question and
 * exclamation marks before a capital or a digit. Lines broken inside a sentence (PDF, e-mail) are joined.
 */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = []
  let start = 0
  const close = (end: number) => {
    for (let from = start; from < end; from += longest)
      addTrimmed(sentences, text, from, Math.min(end, from + longest))
    start = end
  }
  for (const match of text.matchAll(/[.!?]["')\]]*(?=\s)|\n/g)) {
    const end = match.index + match[0].length
    if (match[0] === '\n' ? breaksLine(text, match.index) : breaksSentence(text, start, match.index, end))
      close(end)
  }
  close(text.length)
  return sentences
}

function addTrimmed(sentences: Sentence[], text: string, from: number, to: number): void {
  const piece = text.slice(from, to)
  const trimmed = piece.trim()
  if (trimmed === '') return
  const start = from + piece.indexOf(trimmed)
  sentences.push({ text: trimmed, start, end: start + trimmed.length })
}

/** A line end inside a sentence is followed by a small letter and comes after a long line without a full stop. */
function breaksLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at)
  const next = text.slice(at + 1, at + 3)
  return before.includes('\n') || before.length < 60 || !/^[a-z(]/.test(next) || /[.:;!?]\s*$/.test(before)
}

function breaksSentence(text: string, start: number, mark: number, end: number): boolean {
  const next = text.slice(end, end + 4).trimStart()
  if (next !== '' && !/^["'“([*•–-]?[\p{Lu}\d“"([]/u.test(next)) return false
  return text[mark] !== '.' || !abbreviation.test(text.slice(Math.max(start, mark - 12), mark + 1))
}
