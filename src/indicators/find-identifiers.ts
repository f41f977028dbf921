import { createHash } from 'node:crypto'
import type { Found } from './found.ts'

const cve = /(?<![a-z0-9])cve[-_ –—‑]{1,2}(\d{4})[-_–—‑](\d{4,7})(?!\d)/gi
const cwe = /(?<![a-z0-9])cwe[-_ –—‑](\d{1,4})(?!\d)/gi
// `AS 1234` and `asn 1234`, but not `as 2014`: lower-case `as` with a space is a word.
const asn =
  /(?<![\w.])(?:(?:ASN|asn)[ #:-]{0,2}|AS[#:-]?|AS (?!(?:19|20)\d\d(?!\d))|as)(\d{1,10})(?![\w.]*\w)/g
const mutex =
  /\bmutex(?:es)?(?: object| name| named| called| value| string)*(?:\s*[:=]\s*|\s+(?=["'“‘`]|Global\\|Local\\))["'“‘`]?((?:Global\\|Local\\)?[\w{}.!@#$%&*+=-]{4,80}(?:\\[\w{}.-]{1,60})?)/gi
const userAgent =
  /(?<![\w/])mozilla\/\d\.\d(?: \((?:[^()\n]|\([^()\n]{0,60}\)){2,200}\))(?: (?!mozilla\/)(?:[\w.+-]{1,30}\/[\w.+-]{1,30}|gecko(?=\s+\w+\/)|mobile|safari|\((?:[^()\n]){2,80}\)))*/gi

const cryptoPatterns: readonly { readonly pattern: RegExp; readonly valid: (text: string) => boolean }[] = [
  { pattern: /(?<![a-z0-9])(?:bc1|tb1|ltc1)[ac-hj-np-z02-9]{11,71}(?![a-z0-9])/gi, valid: isBech32 },
  { pattern: /(?<![a-z0-9])[123LMDTX][1-9A-HJ-NP-Za-km-z]{25,34}(?![a-z0-9])/gi, valid: isBase58Check },
  { pattern: /(?<![a-z0-9])0x[0-9a-f]{40}(?![a-z0-9])/gi, valid: () => true },
  { pattern: /(?<![a-z0-9])[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?![a-z0-9])/gi, valid: isMonero },
]

/** CVE and CWE ids, AS numbers, mutex names, cryptocurrency addresses and user agents. */
export function findIdentifiers(text: string): Found[] {
  return [
    ...each(text, cve, match => ({ type: 'cve', value: `CVE-${match[1]}-${match[2]}` })),
    ...each(text, cwe, match => ({ type: 'cwe', value: `CWE-${Number(match[1])}` })),
    ...each(text, asn, match => asNumber(match[1] ?? '')),
    ...each(text, mutex, match => mutexName(match)),
    ...each(text, userAgent, match => ({ type: 'user_agent', value: match[0].replace(/\.$/, '') })),
    ...cryptoPatterns.flatMap(({ pattern, valid }) =>
      each(text, pattern, match => (valid(match[0]) ? { type: 'crypto', value: match[0] } : undefined)),
    ),
  ]
}

function each(
  text: string,
  pattern: RegExp,
  read: (match: RegExpExecArray) => Pick<Found, 'type' | 'value'> | undefined,
): Found[] {
  return [...text.matchAll(pattern)].flatMap(match => {
    const found = read(match)
    return found === undefined ? [] : [{ ...found, start: match.index, end: match.index + match[0].length }]
  })
}

/** AS numbers are 32 bits (RFC 6793). Spelled as ioc-finder spells them. */
function asNumber(digits: string): Pick<Found, 'type' | 'value'> | undefined {
  return Number(digits) > 0 && Number(digits) < 2 ** 32 ? { type: 'asn', value: `ASN${digits}` } : undefined
}

function mutexName(match: RegExpExecArray): Pick<Found, 'type' | 'value'> | undefined {
  const value = (match[1] ?? '').replace(/[.!]+$/, '')
  return /^(?:names?|objects?|that|which|with|value|created?|global|local)$/i.test(value)
    ? undefined
    : { type: 'mutex', value }
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Whether the last four bytes are the checksum of the rest: what keeps random words out. */
function isBase58Check(text: string): boolean {
  let value = 0n
  for (const character of text) {
    const digit = base58.indexOf(character)
    if (digit < 0) return false
    value = value * 58n + BigInt(digit)
  }
  const bytes = Buffer.from(value.toString(16).padStart(50, '0'), 'hex')
  if (bytes.length !== 25) return false
  const once = createHash('sha256').update(bytes.subarray(0, 21)).digest()
  return createHash('sha256').update(once).digest().subarray(0, 4).equals(bytes.subarray(21))
}

/** BIP-173 and BIP-350: the checksum polynomial ends in 1 (bech32) or 0x2bc830a3 (bech32m). */
function isBech32(text: string): boolean {
  const lower = text.toLowerCase()
  const at = lower.lastIndexOf('1')
  const digits = [...lower.slice(at + 1)].map(character =>
    'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.indexOf(character),
  )
  const prefix = [...lower.slice(0, at)].map(character => character.charCodeAt(0))
  const values = [...prefix.map(code => code >> 5), 0, ...prefix.map(code => code & 31), ...digits]
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  let checksum = 1
  for (const value of values) {
    const top = checksum >>> 25
    checksum = ((checksum & 0x1ffffff) << 5) ^ value
    generators.forEach((generator, bit) => {
      if ((top >>> bit) & 1) checksum ^= generator
    })
  }
  return !digits.includes(-1) && (checksum === 1 || checksum === 0x2bc830a3)
}

/** Monero's own checksum is Keccak, which Node has not: length, alphabet and mixed case must do. */
function isMonero(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && !/[0OIl]/.test(text)
}
