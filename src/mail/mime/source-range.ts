import type { MailRange } from '../../domain/mail.ts'
import type { HeaderField } from './header-fields.ts'
import type { MimePart } from './part-tree.ts'

/** The range of a header field. */
export function fieldRange(part: MimePart, field: HeaderField | undefined): MailRange {
  if (part.origin) return part.origin
  if (field === undefined)
    return { part: 'header', start: part.start, end: Math.max(part.start, part.bodyStart) }
  return { part: part.id === '' ? 'header' : part.id, start: field.start, end: field.end }
}

/** The range of a whole part's body. */
export function bodyRange(part: MimePart): MailRange {
  return part.origin ?? { part: part.id || '1', start: part.bodyStart, end: part.end }
}

/**
 * The bytes of the message from which the decoded bytes `start` to `end` of a part came. Exact for identity and
 * quoted-printable; for base64 the four-character groups that hold them.
 */
export function decodedRange(part: MimePart, start: number, end: number): MailRange {
  if (part.origin) return part.origin
  const name = part.id || '1'
  const clip = (at: number) => Math.min(Math.max(at, part.bodyStart), part.end)
  switch (part.encoding) {
    case 'identity':
      return { part: name, start: clip(part.bodyStart + start), end: clip(part.bodyStart + end) }
    case 'quoted-printable':
      return { part: name, start: rawOfQuoted(part, start), end: rawOfQuoted(part, end) }
    case 'base64':
      return {
        part: name,
        start: rawOfBase64(part, Math.floor(start / 3) * 4),
        end: rawOfBase64(part, Math.ceil(end / 3) * 4),
      }
    case 'uuencode':
      return bodyRange(part)
  }
}

function rawOfQuoted(part: MimePart, decoded: number): number {
  const { bytes } = part
  let at = part.bodyStart
  for (let count = 0; at < part.end; ) {
    const next = bytes[at + 1]
    if (bytes[at] === 0x3d && (next === 0x0d || next === 0x0a || next === 0x20 || next === 0x09)) {
      const lineEnd = bytes.indexOf(0x0a, at)
      at = lineEnd === -1 ? part.end : lineEnd + 1
      continue
    }
    if (count === decoded) break
    at += bytes[at] === 0x3d ? 3 : 1
    count++
  }
  return Math.min(at, part.end)
}

function rawOfBase64(part: MimePart, characters: number): number {
  let at = part.bodyStart
  for (let count = 0; at < part.end && count < characters; at++) {
    const byte = part.bytes[at] ?? 0
    if (byte > 0x20) count++
  }
  return at
}
