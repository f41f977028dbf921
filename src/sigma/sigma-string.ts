/** A piece of a Sigma string: literal text, or one of its two wildcards. */
export type StringPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }

/**
 * Splits a Sigma string into literals and wildcards. `*` is any run, `?` any one character; a backslash escapes `*`,
 * `?` and itself, and is an ordinary character elsewhere (`C:\Temp`). Source: Sigma specification, "String wildcard".
 */
export function parseSigmaString(text: string): StringPart[] {
  const parts: StringPart[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    literal = ''
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    const next = text[i + 1] ?? ''
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next
      i++
    } else if (char === '*' || char === '?') {
      flush()
      parts.push({ kind: char === '*' ? 'any' : 'one' })
    } else {
      literal += char
    }
  }
  flush()
  return parts
}

/** The literal text of parts without wildcards, or `undefined`. */
export function literalOf(parts: readonly StringPart[]): string | undefined {
  if (parts.length === 0) return ''
  const [first] = parts
  return parts.length === 1 && first?.kind === 'text' ? first.text : undefined
}

/**
 * Whether the parts match the whole text. Greedy with one backtrack point a star, so it takes time proportional to
 * text times pattern at worst, whatever the pattern. `equal` compares characters (folding case, dashes…).
 */
export function matchesWhole(
  parts: readonly StringPart[],
  text: string,
  equal: (pattern: string, char: string) => boolean,
): boolean {
  const pattern = parts.flatMap((part): readonly StringPart[] =>
    part.kind === 'text'
      ? Array.from({ length: part.text.length }, (_, i) => ({ kind: 'text', text: part.text[i] ?? '' }))
      : [part],
  )
  let p = 0
  let t = 0
  let starPattern = -1
  let starText = 0
  while (t < text.length) {
    const part = pattern[p]
    if (part?.kind === 'any') {
      starPattern = p++
      starText = t
    } else if (part !== undefined && (part.kind === 'one' || equal(part.text, text[t] ?? ''))) {
      p++
      t++
    } else if (starPattern >= 0) {
      p = starPattern + 1
      t = ++starText
    } else {
      return false
    }
  }
  while (pattern[p]?.kind === 'any') p++
  return p === pattern.length
}
