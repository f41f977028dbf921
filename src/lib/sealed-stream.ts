import { AppError } from './app-error.ts'
import { open, seal } from './sealed-box.ts'

// A stream sealed in pieces, each bound to its place and to whether it is the last: pieces that were changed,
// swapped, repeated or cut off at the end do not open (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
// Vizár, 2015, with a random nonce for each piece). A frame is its length (32 bits, the highest bit set on the last
// one) and the sealed piece.

const pieceBytes = 1024 * 1024
const lastFlag = 0x8000_0000
const largestFrame = pieceBytes + 64

/** Seals bytes of any length under `key` (32 bytes). Holds no more than one piece in memory. */
export async function* sealStream(
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  context: string,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  let place = 0
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; ) {
      // A full piece leaves only when more follows, so that the last one is always known as such.
      if (size === pieceBytes) {
        yield frame(key, Buffer.concat(held), context, place++, false)
        held = []
        size = 0
      }
      const part = Buffer.from(chunk.subarray(from, from + pieceBytes - size))
      held.push(part)
      size += part.length
      from += part.length
    }
  }
  yield frame(key, Buffer.concat(held), context, place, true)
}

/** The bytes again. Throws `cannot-open` for a wrong key and for anything that was changed, moved or cut off. */
export async function* openStream(
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  context: string,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  let place = 0
  let ended = false
  for await (const chunk of source) {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk])
    while (held.length >= 4) {
      if (ended) throw new AppError('cannot-open', `${context} goes on behind its end`)
      const word = held.readUInt32BE(0)
      const last = word >= lastFlag
      const length = last ? word - lastFlag : word
      if (length > largestFrame) throw new AppError('cannot-open', `${context} was changed at piece ${place}`)
      if (held.length < 4 + length) break
      yield open(key, held.subarray(4, 4 + length), contextOf(context, place++, last))
      held = held.subarray(4 + length)
      ended = last
    }
  }
  if (!ended || held.length > 0)
    throw new AppError('cannot-open', `${context} is cut off after piece ${place}`)
}

function frame(key: Uint8Array, piece: Buffer, context: string, place: number, last: boolean): Buffer {
  const sealed = seal(key, piece, contextOf(context, place, last))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(last ? sealed.length + lastFlag : sealed.length)
  return Buffer.concat([head, sealed])
}

const contextOf = (context: string, place: number, last: boolean) =>
  `${context} piece ${place}${last ? ' last' : ''}`
