/**
 * Text in one spelling, so that the same thing written differently compares equal: NFKC, straight quotes, plain
 * hyphens, without the marks that our own sentences set around text of others (`lib/quoted.ts`), defanged indicators written
 * out, JSON's escapes undone, white space as single spaces. Case is kept.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u201b\u2032]/g, "'")
    .replace(/[\u201c\u201d\u201f\u2033]/g, '"')
    .replace(/[«»]/g, ' ')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\bh(?:xx|\*\*)p(s?)(?=:|\[:)/gi, 'http$1')
    .replace(/\[:\]/g, ':')
    .replace(/\s?[[({](?:\.|dot)[\])}]\s?/gi, '.')
    .replace(/[[({](?:@|at)[\])}]/gi, '@')
    .replace(/\\(?:r\\n|n|r|t)(?![a-z]{2})/g, ' ')
    .replace(/\\+/g, '\\')
    .replace(/\\(["'/])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}

/**
 * Whether `token` stands in `text` as a whole: not inside a longer word, number, address or name. A hyphen belongs to
 * a word only between two of its letters: `-filepath` and `users--` hold the words. Both folded and in lower case.
 */
export function standsIn(text: string, token: string): boolean {
  if (token === '') return false
  const startsWithWord = /[\p{L}\p{N}_]/u.test(token[0] ?? '')
  const endsWithWord = /[\p{L}\p{N}_]/u.test(token.at(-1) ?? '')
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at)
    const after = text.slice(at + token.length, at + token.length + 2)
    const cutBefore = startsWithWord && /(?:[\p{L}\p{N}_]|[\p{L}\p{N}_]-|\d\.)$/u.test(before)
    const cutAfter = endsWithWord && /^(?:[\p{L}\p{N}_]|-[\p{L}\p{N}_]|\.\d)/u.test(after)
    if (!cutBefore && !cutAfter) return true
  }
  return false
}
