/**
 * A sentence as hashed features: its words and pairs of neighbouring words, reduced to stems, with values that differ in
 * every report (addresses, paths, hashes) reduced to their kind. Hashing keeps the model small and free of any wording
 * of the texts it was trained on.
 */

/** Features are numbers below this; a power of two. */
export const featureSpace = 1 << 17

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?|hxxps?|ftp)\S*/gi, ' kind:url '],
  [/\b[0-9a-f]{32,128}\b/gi, ' kind:hash '],
  [/\b\d{1,3}(?:\[?\.\]?\d{1,3}){3}\b/g, ' kind:address '],
  [/\bcve[-‑]\d{4}[-‑]\d+/gi, ' kind:cve '],
  [/\b(?:hkey_\w+|hk(?:lm|cu|cr|u))\b/gi, ' kind:registry '],
  [/\b0x[0-9a-f]+\b/gi, ' kind:hex '],
]

const word = /kind:[a-z]+|[a-z0-9][a-z0-9_+#&-]*(?:\.[a-z0-9]{1,4}\b)?/g
const stopWords = new Set(
  'a,an,the,of,and,or,is,are,was,were,be,been,it,its,this,that,these,those,which,as,we,our,they,their,has,have,had,also,can,will,would,may'.split(
    ',',
  ),
)

/** The stems of a sentence's words, in order. */
export function stemsOf(text: string): string[] {
  let plain = text
  for (const [pattern, kind] of kinds) plain = plain.replaceAll(pattern, kind)
  return (plain.toLowerCase().match(word) ?? []).filter(token => !stopWords.has(token)).map(stem)
}

/** The hashed features of a sentence, each once. */
export function featuresOf(text: string): number[] {
  const stems = stemsOf(text)
  const features = new Set<number>()
  stems.forEach((stem, index) => {
    features.add(hash(stem))
    const next = stems[index + 1]
    if (next !== undefined) features.add(hash(`${stem} ${next}`))
  })
  return [...features]
}

/** A light stemmer: enough to bring `encrypts`, `encrypted` and `encrypting` together. */
function stem(token: string): string {
  if (token.length < 5 || token.startsWith('kind:') || /\d|\./.test(token))
    return /^\d+$/.test(token) ? 'kind:number' : token
  return token.replace(/(?:ations?|ing|ies|ied|ers?|ed|es|e|s|ly)$/, '').replace(/(.)\1$/, '$1')
}

/** FNV-1a over UTF-16 units, folded into the feature space. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return (value ^ (value >>> 15)) & (featureSpace - 1)
}
