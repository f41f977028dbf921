import { unitSet } from './runs.ts'

const asciiWord = unitSet('0-9A-Za-z').table
const letterOrDigit = /[\p{L}\p{N}]/u

/**
 * Whether a unit of folded text continues a word, so that `srv1` is not found in `srv10`. Scripts written without
 * spaces (from U+2E80 on) never do: a name can stand right beside them.
 */
export function isWordUnit(code: number): boolean {
  if (code < 0x80) return asciiWord[code] === 1
  return code < 0x2e80 && letterOrDigit.test(String.fromCharCode(code))
}

/** Whether a match from `start` to `end` stands alone in the text. Edges that are no word units need nothing. */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = start > 0 && isWordUnit(text.charCodeAt(start - 1)) && isWordUnit(text.charCodeAt(start))
  const after = end < text.length && isWordUnit(text.charCodeAt(end)) && isWordUnit(text.charCodeAt(end - 1))
  return !before && !after
}
