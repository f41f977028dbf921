import { createHash } from 'node:crypto'
import type { MimePart } from '../mime/part-tree.ts'
import { decodeTransfer } from '../mime/transfer-encoding.ts'

const pieceBytes = 3 * 1024 * 1024

/** SHA-256 of a whole decoded attachment, however large, without holding it in memory at once. */
export function contentHash(part: MimePart): string {
  const hash = createHash('sha256')
  const body = part.bytes.subarray(part.bodyStart, part.end)
  if (part.encoding === 'identity') return hash.update(body).digest('hex')
  if (part.encoding !== 'base64')
    return hash.update(decodeTransfer(body, part.encoding, body.length)).digest('hex')
  let rest = ''
  for (let at = 0; at < body.length; at += pieceBytes) {
    const text =
      rest +
      body
        .subarray(at, at + pieceBytes)
        .toString('latin1')
        .replace(/[^A-Za-z0-9+/]/g, '')
    const whole = text.length - (text.length % 4)
    hash.update(Buffer.from(text.slice(0, whole), 'base64'))
    rest = text.slice(whole)
  }
  return hash.update(Buffer.from(rest, 'base64')).digest('hex')
}
