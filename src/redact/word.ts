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
