import type { Finding } from './finding.ts'
import type { Ground } from './ground.ts'
import type { Part, Side } from './parts.ts'
import { quantitiesIn } from './quantities.ts'

// A number of bytes went one way. Evidence tells which by the name of its field (`bytes_toserver`, `rcvdbyte`), always
// as the one sees it who began; a sentence by its verb together with who is its subject.

/** Bytes with the way they went: `first` from who began to who was reached, as the first part of the other axes. */
interface Transfer {
  readonly bytes: number
  readonly side: Side
}

const amount = String.raw`(?<amount>(?<![\d.,])\d[\d.,]{0,24}(?: ?(?:[kmgt]i?b|bytes?|kilobytes?|megabytes?|gigabytes?))?)`
const sent = '(?:sent|sends|send|transmitted|transmits|uploaded|uploads|outbound|outgoing|pushed)'
const received = '(?:received|receives|receive|downloaded|downloads|inbound|incoming|got|fetched|pulled)'
const between = `(?:(?: (?:a|total|of|the|about|around|only|in|all|more|than|nearly|bytes?|data|traffic|:|was|were|is|are))| ?[:=])*`
const who = String.raw`(?<!\S)(?<who>\S{1,100})(?: (?:has|had|also|then))?`
const patterns: readonly (readonly [RegExp, Side])[] = [
  [new RegExp(`${who} ${sent}${between} ${amount}`, 'gi'), 'first'],
  [new RegExp(`${who} ${received}${between} ${amount}`, 'gi'), 'second'],
  [new RegExp(`(?:^|[ (])${sent}${between} ${amount}`, 'gi'), 'first'],
  [new RegExp(`(?:^|[ (])${received}${between} ${amount}`, 'gi'), 'second'],
  [new RegExp(`${amount}(?: (?:of data|of traffic|in total))?(?: (?:was|were|is|are|have been|had been|being))* ${sent}\\b(?! ?[:=])(?: by (?:the )?(?<by>\\S{1,100}))?`, 'gi'), 'first'],
  [new RegExp(`${amount}(?: (?:of data|of traffic|in total))?(?: (?:was|were|is|are|have been|had been|being))* ${received}\\b(?! ?[:=])(?: by (?:the )?(?<by>\\S{1,100}))?`, 'gi'), 'second'],
  [new RegExp(`\\bupload (?:was|is|of) ${amount}`, 'gi'), 'first'],
  [new RegExp(`\\bdownload (?:was|is|of) ${amount}`, 'gi'), 'second'],
  [new RegExp(`${amount} (?:went|flowed|left) (?:out|outwards?|up)\\b`, 'gi'), 'first'],
  [new RegExp(`${amount} (?:came|went|flowed) (?:back|in|inwards?|down)\\b`, 'gi'), 'second'],
  [new RegExp(`${amount} (?:went|flowed|were sent|was sent) to the (?:server|destination|target)`, 'gi'), 'first'],
  [new RegExp(`${amount} (?:went|flowed|were sent|was sent) to the (?:client|source)`, 'gi'), 'second'],
] // biome-ignore format: a table

/** Checks the way that bytes are said to have gone against that of the numbers of the evidence. */
export function checkTransfers(text: string, ground: Ground): Finding[] {
  const claimed = transfersIn(text, ground.parts)
  if (claimed.length === 0) return []
  const known = ground.parts.filter(({ axis }) => axis === 'transfer').map(transferOf)
  const all = [...known, ...transfersIn(ground.text, ground.parts)]
  return claimed.flatMap(({ bytes, side }): Finding[] => {
    const same = all.filter(other => Math.abs(other.bytes - bytes) <= (bytes >= 1000 ? 0.05 * bytes : 0))
    if (same.length === 0 || same.some(other => other.side === side)) return []
    const way = side === 'first' ? 'sent' : 'received'
    return [{ fault: 'contradicted', reason: `${bytes} bytes were not ${way} so in the cited evidence` }]
  })
}

const transferOf = ({ value, side }: Part): Transfer => ({ bytes: Number(value.replaceAll(',', '')), side })

function transfersIn(text: string, parts: readonly Part[]): Transfer[] {
  const found = new Map<string, Transfer>()
  for (const [pattern, verb] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const written = match.groups?.amount ?? ''
      const place = `${match.index + match[0].indexOf(written)}`
      const quantity = quantitiesIn(written).find(({ kind }) => kind === 'bytes' || kind === 'count')
      if (quantity === undefined || found.has(place)) continue
      const party = partyOf(match.groups?.who ?? match.groups?.by, parts)
      found.set(place, { bytes: quantity.value, side: party === 'second' ? other(verb) : verb })
    }
  }
  return [...found.values()]
}

const other = (side: Side): Side => (side === 'first' ? 'second' : 'first')

/** Which end of a connection a word names. Where it names none, the evidence and the sentence mean the same one. */
function partyOf(word: string | undefined, parts: readonly Part[]): Side | undefined {
  const name = (word ?? '').toLowerCase().replace(/[,.;:]+$/, '')
  if (/^(?:client|source|attacker|sender|initiator|originator)$/.test(name)) return 'first'
  if (/^(?:server|destination|target|victim|recipient|responder)$/.test(name)) return 'second'
  const sides = new Set(
    parts.flatMap(({ axis, side, value }) => (axis === 'flow' && value === name ? [side] : [])),
  )
  return sides.size === 1 ? [...sides][0] : undefined
}
