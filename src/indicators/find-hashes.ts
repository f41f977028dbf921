import type { IndicatorType } from '../domain/indicator.ts'
import type { Found } from './found.ts'

// Any boundary but a hex digit: reports glue labels to hashes (`MD5:…`, `hash…`). 0x… is a transaction or an address.
const hex = /(?<![0-9a-f])(?<!0x)(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])/gi

const typeOfLength: Record<number, IndicatorType> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' }

/** Labels before a digest that is not the digest of a file's bytes. */
const otherDigests: readonly (readonly [RegExp, string])[] = [
  [/imp(?:ort)?[ _-]?hash[\s:=-]*$/i, 'an import hash: the digest of an import table, not of a file'],
  [/authentihash[\s:=-]*$/i, 'an Authenticode hash: the digest of a part of a file'],
  [
    /(?:tlsh|vhash|rich[ _-]?(?:pe[ _-]?)?(?:header[ _-]?)?hash|icon[ _-]?(?:d?hash)|dhash|telfhash)[\s:=-]*$/i,
    'a similarity hash, not the digest of a file',
  ],
]

/** MD5, SHA-1, SHA-256 and SHA-512 digests of files, in lower case. */
export function findHashes(text: string): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(hex)) {
    const value = match[0].toLowerCase()
    const type = typeOfLength[value.length]
    if (type === undefined) continue
    const before = text.slice(Math.max(0, match.index - 40), match.index)
    const dropped = otherDigests.find(([label]) => label.test(before))?.[1]
    const span = { start: match.index, end: match.index + value.length }
    found.push({ type, value, ...span, ...(dropped === undefined ? {} : { dropped }) })
  }
  return found
}
