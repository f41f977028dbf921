// Letters of the Arabic script join: each has up to four shapes by its neighbours. Unicode has them as characters of their
// own ("presentation forms"), so that no tables of a font are run over text of unknown origin.

interface Forms {
  readonly isolated: string
  readonly final: string | undefined
  readonly initial: string | undefined
  readonly medial: string | undefined
}

/** In both blocks the forms of a letter stand one after the other in this order; NFKC leads back to the letter. */
const formsOf = readForms([
  [0xfe80, 0xfefc],
  [0xfb50, 0xfbb1],
  [0xfbd3, 0xfbe7],
  [0xfbfc, 0xfbff],
])

function readForms(blocks: readonly (readonly [first: number, last: number])[]): ReadonlyMap<string, Forms> {
  const found = new Map<string, string[]>()
  for (const [first, last] of blocks) {
    const known = new Set(found.keys())
    for (let codePoint = first; codePoint <= last; codePoint++) {
      const form = String.fromCodePoint(codePoint)
      const letters = form.normalize('NFKC')
      if (letters === form || known.has(letters)) continue
      const forms = found.get(letters)
      if (forms === undefined) found.set(letters, [form])
      else forms.push(form)
    }
  }
  return new Map(
    [...found].map(([letters, [isolated = letters, final, initial, medial]]) => [
      letters,
      { isolated, final, initial, medial },
    ]),
  )
}

/** Stretches a word, and joins to both sides. */
const tatweel = 'ـ'

const joinsNext = (letter: string | undefined) =>
  letter !== undefined && (letter === tatweel || formsOf.get(letter)?.medial !== undefined)
const joinsPrevious = (letter: string | undefined) =>
  letter !== undefined && (letter === tatweel || formsOf.get(letter)?.final !== undefined)

/**
 * The second letter of two that have one shape: drawn as nothing. Each letter keeps a character of its own so that text is
 * found and copied in the right order, whichever way a reader turns a line round. Private: no text has it, see
 * `readable-text.ts`.
 */
const swallowed = (letter: string) => String.fromCodePoint(0xe000 + (letter.codePointAt(0) ?? 0))

/** The letter of a shape; of two in one, the first. Other characters are themselves. */
export function letterOf(shape: string): string {
  if (/[\ue622-\ue627]/.test(shape)) return String.fromCodePoint((shape.codePointAt(0) ?? 0) - 0xe000)
  return /[\ufb50-\ufdff\ufe70-\ufefc]/.test(shape) ? (shape.normalize('NFKC')[0] ?? shape) : shape
}

/**
 * The letters of a stretch of text, in the shapes that their neighbours give them; lam before alef becomes one shape. Each
 * is one letter, the marks on it aside; one that `drawn` does not have stays as it is.
 */
export function joinedForms(letters: readonly string[], drawn: (shape: string) => boolean): string[] {
  const shapes: string[] = []
  for (let at = 0; at < letters.length; at++) {
    const [before, letter = '', after] = [letters[at - 1], letters[at], letters[at + 1]]
    const toBefore = joinsNext(before) && joinsPrevious(letter)
    const both = after === undefined ? undefined : formsOf.get(letter + after)
    const inOne = toBefore ? both?.final : both?.isolated
    if (after !== undefined && inOne !== undefined && drawn(inOne)) {
      shapes.push(inOne, swallowed(after))
      at++
      continue
    }
    const toNext = joinsNext(letter) && joinsPrevious(after)
    const forms = formsOf.get(letter)
    const shape =
      toBefore && toNext ? forms?.medial : toBefore ? forms?.final : toNext ? forms?.initial : forms?.isolated
    shapes.push(shape !== undefined && drawn(shape) ? shape : letter)
  }
  return shapes
}
