/** As `src/redact/placeholder.ts` writes them: `[HOST-1]`, `[EMAIL-2@evil.example]`. */
const shape = /\[[A-Z][A-Z-]*-\d[^[\]\s]*\]/g

/** The placeholders in these texts, each once, in order. */
export function placeholdersIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap(text => text.match(shape) ?? []))]
}

/** Puts real values in. One pass: what a value contains is not looked at again; unknown placeholders stay. */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  return values.size === 0 ? text : text.replace(shape, found => values.get(found) ?? found)
}
