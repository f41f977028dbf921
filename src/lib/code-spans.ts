/** A piece of a text with code between backticks, as Markdown has it. */
interface CodeSpan {
  readonly text: string
  readonly code: boolean
}

/** What stands between two backticks on one line is code; a backtick without another stays. */
export function codeSpans(text: string): CodeSpan[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter(piece => piece !== '')
    .map(piece =>
      /^`[^`\n]+`$/.test(piece) ? { text: piece.slice(1, -1), code: true } : { text: piece, code: false },
    )
}

/** For where nothing renders Markdown: code in quotation marks. */
export function quoteCode(text: string): string {
  return codeSpans(text)
    .map(span => (span.code ? `“${span.text}”` : span.text))
    .join('')
}
