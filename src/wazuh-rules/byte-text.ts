import { Buffer } from 'node:buffer'

/**
 * Wazuh works on bytes. The engine does too, in strings that hold one byte per UTF-16 unit (0 to 255), so that
 * offsets, lengths and `\.` count what Wazuh counts. Text enters through `toByteText` and leaves through
 * `fromByteText`; nothing in between knows about encodings.
 */

const nonAscii = /[^\x00-\x7f]/

/** UTF-8 bytes of a text, one per character. Ends at the first NUL, as a C string does. */
export function toByteText(text: string): string {
  const bytes = nonAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
  const end = bytes.indexOf('\0')
  return end < 0 ? bytes : bytes.slice(0, end)
}

/** Back to Unicode; bytes that are not UTF-8 become U+FFFD. */
export function fromByteText(bytes: string): string {
  return nonAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
}
