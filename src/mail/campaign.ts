import { createHash } from 'node:crypto'
import { withoutAddresses } from './content/without-addresses.ts'
import type { Examined } from './signals/finding.ts'

/** What near-duplicates share: a 64-bit simhash of the words, and where the links lead. */
export interface CampaignPrint {
  readonly simhash: bigint
  /** Sorted link skeletons: domain and path shape, without what changes from copy to copy. */
  readonly links: string
  readonly words: number
}

/** A campaign that is known already. */
export interface KnownCampaign {
  readonly id: string
  readonly simhash: bigint
  readonly words: number
}

/** Bits that may differ between two prints of one campaign. Unrelated mails differ in about 32. */
const nearBits = 10
/** Texts of a few words have a simhash by chance; they only match exactly. */
const leastWords = 20

/** The print of a mail (simhash after Charikar 2002, over pairs of words). */
export function campaignPrint({ mail, subject, body }: Examined): CampaignPrint {
  const text = withoutAddresses(`${subject.text} ${body.text.slice(0, 20_000)}`)
  const words = text.match(/\p{L}{2,}/gu) ?? []
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
  const shapes = path
    .slice(0, 4_096)
    .split('/')
    .map(segment => (/\d/.test(segment) ? '*' : segment.replace(/[A-Za-z_-]{12,}/g, '*')))
  return shapes.join('/').slice(0, 80)
}

/** The campaign among `known` that a print belongs to, or a new one whose id follows from the print alone. */
export function campaignOf(print: CampaignPrint, known: Iterable<KnownCampaign>): KnownCampaign {
  const key = `${print.simhash.toString(16)} ${print.words < leastWords ? print.links : ''}`
  const own = {
    id: `mc_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`,
    simhash: print.simhash,
    words: print.words,
  }
  for (const campaign of known) {
    if (campaign.id === own.id) return campaign
    if (isNear(campaign, print)) return campaign
  }
  return own
}

type Print = Pick<CampaignPrint, 'simhash' | 'words'>

/** Whether two mails are near-duplicates by their words, in all but `bits` bits; short texts never are. */
export function isNear(a: Print, b: Print, bits = nearBits): boolean {
  const comparable = a.words >= leastWords && b.words >= leastWords
  return comparable && distance(a.simhash, b.simhash) <= bits
}

/** Gives each mail of a run its campaign: that of an earlier near-duplicate, or its own. */
export function campaignClusters(): (print: CampaignPrint) => string {
  const known = new Map<string, KnownCampaign>()
  return print => {
    const campaign = campaignOf(print, known.values())
    if (known.size < 20_000) known.set(campaign.id, campaign)
    return campaign.id
  }
}

function distance(a: bigint, b: bigint): number {
  const rest = a ^ b
  return bitsIn(Number(rest & 0xffffffffn)) + bitsIn(Number(rest >> 32n))
}

/** Set bits of a 32-bit number (Warren, Hacker's Delight, 5-1). */
function bitsIn(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
