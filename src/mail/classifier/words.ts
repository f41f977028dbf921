import type { Examined } from '../signals/finding.ts'

/** Buckets of the hashed vocabulary. 2^15 keeps collisions rare for the few thousand words that carry weight. */
export const wordBuckets = 32_768

/** One word or pair of words, hashed, with its weight within the mail. */
export interface WordFeature {
  readonly bucket: number
  readonly value: number
  readonly word: string
}

const bodyWords = 350
// Words that say when or where a mail was written, not what it wants.
const dated =
  /^(?:mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|am|pm|gmt|utc|est|pst|cet|edt|pdt|0+)$/

/**
 * The words of subject and body as hashed features: single words and pairs, each once, the whole of unit length, so that
 * neither length nor repetition decides. Addresses, numbers, dates, quoted lines and signatures are left out: they tell one
 * correspondence from another, and a corpus from the world, but not phishing from mail.
 */
export function wordFeatures(examined: Examined): WordFeature[] {
  const seen = new Map<number, string>()
  collect(wordsIn(examined.subject.text).slice(0, 30), 'subject ', seen)
  collect(wordsIn(ownText(examined)).slice(0, bodyWords), '', seen)
  const value = 1 / Math.sqrt(Math.max(seen.size, 20))
  return [...seen].map(([bucket, word]) => ({ bucket, value, word }))
}

function collect(words: readonly string[], prefix: string, seen: Map<number, string>): void {
  let previous = ''
  for (const word of words) {
    if (previous !== '') note(`${prefix}${previous} ${word}`, seen)
    note(`${prefix}${word}`, seen)
    previous = word
  }
}

function note(word: string, seen: Map<number, string>): void {
  const bucket = hash(word) % wordBuckets
  if (!seen.has(bucket)) seen.set(bucket, word)
}

/** What the sender wrote: without quoted lines and what follows a signature mark. */
function ownText({ mail, body }: Examined): string {
  if (mail.body?.kind !== 'plain') return body.text
  const lines = mail.body.visible.slice(0, 60_000).split('\n')
  const signature = lines.findIndex(line => /^(?:-- ?|_{10,}|-{10,})\r?$/.test(line))
  const own = (signature === -1 ? lines : lines.slice(0, signature)).filter(line => !/^\s*[>|}]/.test(line))
  return own
    .join(' ')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
}

function wordsIn(text: string): string[] {
  return (
    text
      .slice(0, 20_000)
      .replace(/(?:https?:\/\/|www\.)\S+|\S+@\S+/g, ' ')
      .match(/[\p{L}\p{N}][\p{L}\p{N}']{0,30}/gu) ?? []
  )
    .map(word => word.replace(/\p{N}+/gu, '0'))
    .filter(word => word.length > 1 && !dated.test(word) && (word.match(/0/g)?.length ?? 0) < 2)
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    value ^= text.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  return value >>> 0
}
