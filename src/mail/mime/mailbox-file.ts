import { nextLine } from './header-fields.ts'

const separator = /^From \S+.{0,40}\b(?:\d{1,2}:\d{2}(?::\d{2})?)\b.{0,30}\b(?:19|20)\d{2}\b/

/**
 * The messages of an mbox file (RFC 4155), as views into its bytes. A separator is a `From ` line with a date, at the start
 * of the file or after an empty line: text that merely begins with "From " does not split. A file that does not begin with
 * one is a single message.
 */
export function splitMailbox(bytes: Buffer): Buffer[] {
  if (bytes.subarray(0, 5).toString('latin1') !== 'From ') return [bytes]
  const starts: number[] = []
  let at = 0
  while (at !== -1 && at < bytes.length) {
    const line = bytes.subarray(at, Math.min(nextLine(bytes, at, bytes.length), at + 300)).toString('latin1')
    if (at === 0 || separator.test(line)) starts.push(at)
    at = nextSeparator(bytes, at + 1)
  }
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1] ?? bytes.length))
}

function nextSeparator(bytes: Buffer, from: number): number {
  let at = bytes.indexOf('\nFrom ', from - 1)
  while (at !== -1) {
    const before = bytes[at - 1]
    const blank = before === 10 || (before === 13 && bytes[at - 2] === 10)
    if (blank) return at + 1
    at = bytes.indexOf('\nFrom ', at + 1)
  }
  return -1
}
