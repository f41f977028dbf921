import { createHash } from 'node:crypto'
import type { Examined } from './signals/finding.ts'

/** What near-duplicates share: a 64-bit simhash of the words, and where the links lead. */
export interface CampaignPrint {
  readonly simhash: bigint
  /** Sorted link skeletons: host class and path shape, without what changes from copy to copy. */
  readonly links: string
  readonly words: number
}

/** Bits that may differ between two prints of one campaign. Unrelated mails differ in about 32. */
const nearBits = 6

/** The print of a mail (simhash after Charikar 2002, over pairs of words). */
export function campaignPrint({ mail, subject, body }: Examined): CampaignPrint {
  const words =
    `${subject.text} ${body.text.slice(0, 20_000)}`
      .replace(/(?:https?:\/\/|www\.)\S+|\S+@\S+/g, ' ')
      .match(/\p{L}{2,}/gu) ?? []
  const counts = new Int32Array(64)
  for (let at = 0; at < words.length; at++) {
    const digest = createHash('md5')
      .update(`${words[at]} ${words[at + 1] ?? ''}`)
      .digest()
    for (let bit = 0; bit < 64; bit++) {
      const set = ((digest[bit >> 3] ?? 0) >> (bit & 7)) & 1
      counts[bit] = (counts[bit] ?? 0) + (set ? 1 : -1)
    }
  }
  let simhash = 0n
  for (let bit = 0; bit < 64; bit++) if ((counts[bit] ?? 0) > 0) simhash |= 1n << BigInt(bit)
  const skeletons = mail.links
    .filter(link => link.kind !== 'image' && link.domain !== '')
    .map(link => `${link.domain}${pathShape(link.destination)}`)
  return { simhash, links: [...new Set(skeletons)].sort().slice(0, 8).join(' '), words: words.length }
}

function pathShape(destination: string): string {
  const path = URL.canParse(destination) ? new URL(destination).pathname : ''
  return path.replace(/[^/]*\d[^/]*|[A-Za-z0-9_-]{12,}/g, '*').slice(0, 80)
}

/** Gives each mail of a run its campaign: that of an earlier near-duplicate, or its own. */
export function campaignClusters(): (print: CampaignPrint) => string {
  const known: { print: CampaignPrint; id: string }[] = []
  const exact = new Map<string, string>()
  return print => {
    const key = `${print.simhash.toString(16)} ${print.words < 8 ? print.links : ''}`
    const same = exact.get(key)
    if (same) return same
    // Texts of a few words have a simhash by chance; they only match exactly.
    const near =
      print.words < 20
        ? undefined
        : known.find(
            entry => entry.print.words >= 20 && distance(entry.print.simhash, print.simhash) <= nearBits,
          )
    const id = near?.id ?? `mc_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
    exact.set(key, id)
    if (known.length < 20_000) known.push({ print, id })
    return id
  }
}

function distance(a: bigint, b: bigint): number {
  let rest = a ^ b
  let count = 0
  while (rest !== 0n) {
    rest &= rest - 1n
    count++
  }
  return count
}
