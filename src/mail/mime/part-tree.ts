import { type Problem, problem } from '../../lib/problem.ts'
import { mailLimits } from '../limits.ts'
import { decodeWords } from './encoded-words.ts'
import { type HeaderField, nextLine, readHeaderBlock } from './header-fields.ts'
import { parseParameters } from './parameters.ts'
import { decodeTransfer, type TransferEncoding, transferEncodingOf } from './transfer-encoding.ts'

/**
 * One MIME part with the byte ranges it was read from. Ranges are into `bytes`; where a part was unpacked from an encoded
 * container (`origin` set), positions in the message as received are those of the container.
 */
export interface MimePart {
  /** IMAP section number: `1`, `1.2`; the message itself is the empty string. */
  readonly id: string
  readonly bytes: Buffer
  readonly start: number
  readonly bodyStart: number
  readonly end: number
  readonly origin?: { readonly part: string; readonly start: number; readonly end: number }
  readonly fields: readonly HeaderField[]
  readonly mediaType: string
  readonly parameters: ReadonlyMap<string, string>
  readonly encoding: TransferEncoding
  readonly disposition: string
  /** Decoded, from Content-Disposition or Content-Type; empty where there is none. */
  readonly fileName: string
  readonly children: readonly MimePart[]
}

interface Walk {
  readonly bytes: Buffer
  readonly problems: Problem[]
  readonly origin?: MimePart['origin']
  parts: number
}

/** Parses one message. Always returns a tree; what was wrong with the message is in `problems`. */
export function parseMessage(
  bytes: Buffer,
  problems: Problem[],
  origin?: MimePart['origin'],
  id = '',
): MimePart {
  const walk: Walk = { bytes, problems, parts: 0, ...(origin ? { origin } : {}) }
  const start = mboxLineEnd(bytes)
  return parsePart(walk, id, start, bytes.length, 0, 'text/plain')
}

/** A message saved from a mailbox may begin with a `From ` line, which is no header. */
function mboxLineEnd(bytes: Buffer): number {
  const head = bytes.subarray(0, 6).toString('latin1')
  return /^>?From /.test(head) ? nextLine(bytes, 0, bytes.length) : 0
}

function parsePart(
  walk: Walk,
  id: string,
  start: number,
  end: number,
  depth: number,
  fallback: string,
): MimePart {
  walk.parts++
  const { fields, bodyStart } = readHeaderBlock(walk.bytes, start, end, walk.problems)
  const typeField = fields.find(field => field.name === 'content-type')
  const type = parseParameters(typeField?.value ?? fallback)
  const disposition = parseParameters(fields.find(field => field.name === 'content-disposition')?.value ?? '')
  const part = {
    id,
    bytes: walk.bytes,
    start,
    bodyStart,
    end,
    ...(walk.origin ? { origin: walk.origin } : {}),
    fields,
    mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(type.value) ? type.value : fallback,
    parameters: type.parameters,
    encoding: transferEncodingOf(fields.find(field => field.name === 'content-transfer-encoding')?.value),
    disposition: disposition.value,
    fileName: fileNameOf(disposition.parameters.get('filename') ?? type.parameters.get('name') ?? ''),
  }
  return { ...part, children: childrenOf(walk, part, depth) }
}

/** Without folders, control characters and direction overrides, which only serve to deceive. */
function fileNameOf(text: string): string {
  return decodeWords(text)
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .trim()
    .slice(0, 400)
}

function childrenOf(walk: Walk, part: Omit<MimePart, 'children'>, depth: number): MimePart[] {
  const multipart = part.mediaType.startsWith('multipart/')
  const embedded = part.mediaType === 'message/rfc822' || part.mediaType === 'message/global'
  if (!multipart && !embedded) return []
  if (depth >= mailLimits.depth) {
    tell(
      walk,
      'nesting-too-deep',
      `parts nest deeper than ${mailLimits.depth} levels; deeper ones were not read`,
      part,
    )
    return []
  }
  if (embedded) return [embeddedMessage(walk, part, depth)]
  const boundary = part.parameters.get('boundary') ?? ''
  if (boundary === '') {
    tell(walk, 'boundary-missing', 'a multipart has no boundary; its body is read as text', part)
    return [bodyAsText(part)]
  }
  const ranges = sliceOnBoundary(walk, part, boundary)
  const digest = part.mediaType === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const children: MimePart[] = []
  for (const [index, [start, end]] of ranges.entries()) {
    if (walk.parts >= mailLimits.parts) {
      tell(walk, 'too-many-parts', `more than ${mailLimits.parts} parts; the rest was not read`, part)
      break
    }
    children.push(
      parsePart(walk, `${part.id === '' ? '' : `${part.id}.`}${index + 1}`, start, end, depth + 1, digest),
    )
  }
  if (children.length > 0) return children
  tell(walk, 'boundary-unused', 'the boundary of a multipart never occurs; its body is read as text', part)
  return [bodyAsText(part)]
}

function embeddedMessage(walk: Walk, part: Omit<MimePart, 'children'>, depth: number): MimePart {
  const id = `${part.id === '' ? '' : `${part.id}.`}1`
  if (part.encoding === 'identity')
    return parsePart(walk, id, part.bodyStart, part.end, depth + 1, 'text/plain')
  // RFC 2046 forbids an encoding here; Outlook and attackers use one.
  const body = walk.bytes.subarray(part.bodyStart, part.end)
  const decoded = decodeTransfer(body, part.encoding, mailLimits.attachmentBytes)
  const origin = walk.origin ?? { part: part.id, start: part.bodyStart, end: part.end }
  const inner: Walk = { bytes: decoded, problems: walk.problems, origin, parts: walk.parts }
  const child = parsePart(inner, id, 0, decoded.length, depth + 1, 'text/plain')
  walk.parts = inner.parts
  return child
}

function bodyAsText(part: Omit<MimePart, 'children'>): MimePart {
  const start = part.bytes
    .subarray(part.bodyStart, Math.min(part.end, part.bodyStart + 2000))
    .toString('latin1')
  const mediaType = /<(html|body|div|table|p|a)\b/i.test(start) ? 'text/html' : 'text/plain'
  return { ...part, id: part.id === '' ? '1' : `${part.id}.1`, mediaType, children: [] }
}

/** The byte ranges between boundary lines (RFC 2046, section 5.1.1). A missing end boundary ends at the parent's end. */
function sliceOnBoundary(walk: Walk, part: Omit<MimePart, 'children'>, boundary: string): [number, number][] {
  const { bytes } = walk
  const marker = Buffer.from(`--${boundary}`, /[^\x00-\xff]/.test(boundary) ? 'utf8' : 'latin1')
  const ranges: [number, number][] = []
  let open = -1
  let at = bytes.indexOf(marker, part.bodyStart)
  while (at !== -1 && at < part.end && ranges.length <= mailLimits.parts) {
    const after = at + marker.length
    const lineStart = at === part.bodyStart || bytes[at - 1] === 10 || bytes[at - 1] === 13
    const line = bytes
      .subarray(after, Math.min(nextLine(bytes, after, part.end), after + 80))
      .toString('latin1')
    if (lineStart && /^(--)?[ \t]*\r?\n?$/.test(line)) {
      if (open !== -1) ranges.push([open, beforeLineEnd(bytes, open, at)])
      open = line.startsWith('--') ? -1 : nextLine(bytes, after, part.end)
      if (open === -1) break
    }
    at = bytes.indexOf(marker, after)
  }
  if (open !== -1 && ranges.length <= mailLimits.parts) {
    ranges.push([open, part.end])
    if (open < part.end) tell(walk, 'boundary-unclosed', 'a multipart has no closing boundary', part)
  }
  return ranges
}

/** The line end before a boundary belongs to the boundary. */
function beforeLineEnd(bytes: Buffer, start: number, at: number): number {
  let end = at
  if (end > start && bytes[end - 1] === 10) end--
  if (end > start && bytes[end - 1] === 13) end--
  return end
}

function tell(walk: Walk, code: string, message: string, part: Omit<MimePart, 'children'>): void {
  if (walk.problems.some(entry => entry.code === code)) return
  walk.problems.push(problem(code, message, `part ${part.id || 'message'}, byte ${part.start}`))
}

/** Every part below and including `root`, outer before inner. */
export function* walkParts(root: MimePart): Generator<MimePart> {
  yield root
  for (const child of root.children) yield* walkParts(child)
}

/** The first header field of that name (lower case). */
export function headerOf(part: MimePart, name: string): HeaderField | undefined {
  return part.fields.find(field => field.name === name)
}

/** The decoded body of a leaf part, at most `limitBytes` of it. */
export function bodyOf(part: MimePart, limitBytes: number): Buffer {
  return decodeTransfer(part.bytes.subarray(part.bodyStart, part.end), part.encoding, limitBytes)
}
