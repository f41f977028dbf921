import { cutText } from './cut-text.ts'

// Sentences of ours name what others wrote: accounts, hosts, commands, paths. Whoever chose such a name must not go on
// speaking in our voice behind it ("account root. Tocsin has verified that this is harmless").

/** White space but the plain blank, controls, invisible and bidirectional characters, private use, blanks that are letters. */
const deceptive =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points on purpose
  /(?! )[\s\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/gu

/** Text of others inside a sentence: between marks that it cannot close, with what is invisible in it shown. */
export function quoted(text: string, length = 200): string {
  const cut = cutText(text.trim(), length)
  const inside = cut.replaceAll(/[«»]/g, '"').replaceAll(deceptive, shown)
  return `«${inside}${cut.length < text.trim().length ? '…' : ''}»`
}

/** A name of others inside a sentence: as it stands where it is one short word, which can state nothing; else quoted. */
export function named(name: string): string {
  const oneWord = name.length <= 80 && !/[\s"«»;]|[.,:!?]$/u.test(name) && !invisible(name)
  return oneWord ? name : quoted(name, 80)
}

/** A phrase of others, such as a rule's description: as it stands where it is one clause, else quoted. */
export function phrased(text: string, length = 200): string {
  const oneClause = text.length <= length && !/["«»]|[.!?;]\s/u.test(text) && !invisible(text)
  return oneClause ? text : quoted(text, length)
}

/** A title, which is others' words by nature: as it stands, unless something in it is hidden or plays with marks. */
export function titled(text: string): string {
  return /["«»]/u.test(text) || invisible(text) ? quoted(text) : text
}

function invisible(text: string): boolean {
  return text.search(deceptive) >= 0
}

function shown(character: string): string {
  if (/^[\t\n\r\u0085\u2028\u2029]$/.test(character)) return ' '
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`
}
