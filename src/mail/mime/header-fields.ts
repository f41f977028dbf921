import { type Problem, problem } from '../../lib/problem.ts'
import { mailLimits } from '../limits.ts'

/** One header field as received. `value` is unfolded, not decoded; offsets are bytes of the message. */
export interface HeaderField {
  /** Lower case. */
  readonly name: string
  readonly value: string
  readonly start: number
  readonly end: number
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[]
  /** Where the body starts: after the empty line. */
  readonly bodyStart: number
}

const lineFeed = 10
const carriageReturn = 13

/** The offset after the line that starts at `from`, at most `end`. */
export function nextLine(bytes: Buffer, from: number, end: number): number {
  const at = bytes.indexOf(lineFeed, from)
  return at === -1 || at >= end ? end : at + 1
}

/**
 * Reads the header block of a message or part (RFC 5322, section 2.2). Tolerant: a line without a colon ends the block
 * where nothing like a header was seen before, and is skipped with a problem otherwise. Header text is UTF-8 where it is
 * valid (RFC 6532), else Latin-1.
 */
export function readHeaderBlock(bytes: Buffer, start: number, end: number, problems: Problem[]): HeaderBlock {
  const fields: HeaderField[] = []
  let at = start
  let broken = 0
  const note = (code: string, message: string, where: number) => {
    if (!problems.some(entry => entry.code === code)) problems.push(problem(code, message, `byte ${where}`))
  }
  while (at < end) {
    const next = nextLine(bytes, at, end)
    if (isEmptyLine(bytes, at, next)) return { fields, bodyStart: next }
    if (at - start > mailLimits.headerBlockBytes || fields.length >= mailLimits.headerFields) {
      note('headers-too-long', 'the header block is longer than the limit; the rest is taken as body', at)
      return { fields, bodyStart: at }
    }
    const fieldEnd = foldedEnd(bytes, next, end)
    const field = readField(bytes, at, fieldEnd)
    if (field === undefined) {
      if (fields.length === 0 && broken > 2) return { fields, bodyStart: start }
      if (fields.length > 0 && broken > 20) return { fields, bodyStart: at }
      broken++
      note('header-malformed', 'a line in the header block is not a header field', at)
    } else {
      if (fieldEnd - at > mailLimits.headerValueBytes)
        note('header-too-long', `header '${field.name.slice(0, 60)}' is ${fieldEnd - at} bytes long; cut`, at)
      fields.push(field)
    }
    at = fieldEnd
  }
  return { fields, bodyStart: end }
}

function isEmptyLine(bytes: Buffer, start: number, next: number): boolean {
  const length = next - start
  if (length === 1) return bytes[start] === lineFeed || bytes[start] === carriageReturn
  return length === 2 && bytes[start] === carriageReturn && bytes[start + 1] === lineFeed
}

/** Continuation lines begin with a space or a tab (RFC 5322, section 2.2.3). */
function foldedEnd(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && (bytes[at] === 32 || bytes[at] === 9)) {
    const next = nextLine(bytes, at, end)
    // A line of white space only is what some senders mean as the end of the headers; RFC 5322 says it is folding.
    at = next
  }
  return at
}

function readField(bytes: Buffer, start: number, end: number): HeaderField | undefined {
  const kept = Math.min(end, start + mailLimits.headerValueBytes)
  const text = headerText(bytes.subarray(start, kept))
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(colon, 0)).trimEnd()
  if (colon < 1 || name.length > 200 || /[^\x21-\x7e]/.test(name)) return undefined
  const value = text
    .slice(colon + 1)
    .replace(/\r?\n(?=[ \t])/g, '')
    .replace(/[\r\n]+/g, ' ')
    .trim()
  return { name: name.toLowerCase(), value, start, end }
}

function headerText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}
