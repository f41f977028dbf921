/**
 * Offsets in results are Unicode code points of the input, which JavaScript's string offsets are not.
 * Returns a function from a UTF-16 offset to a code-point offset. It walks forward once: ask in rising order
 * (a smaller offset than the last one starts again from 0).
 */
export function codePointOffsets(text: string): (utf16Offset: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return utf16Offset => utf16Offset
  let utf16 = 0
  let points = 0
  return target => {
    if (target < utf16) {
      utf16 = 0
      points = 0
    }
    while (utf16 < target) {
      const unit = text.charCodeAt(utf16)
      const next = text.charCodeAt(utf16 + 1)
      utf16 += unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000 ? 2 : 1
      points++
    }
    return points
  }
}
