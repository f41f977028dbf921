/*
 * Nearly every word of a log can be read as base64, and every digest as hexadecimal. Their first six bytes are enough
 * to pass over most of them without decoding anything.
 */

const head = new Uint8Array(6)
/** From this length on, UTF-16 may have other letters than Latin ones in all of its first bytes (see `isWide`). */
const longBytes = 48

const sextets = new Int8Array(128).fill(-1)
for (const [i, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  sextets[digit.charCodeAt(0)] = i
}
sextets[0x2d] = 62
sextets[0x5f] = 63

/** Whether a run of base64 may hold text, UTF-16 text, or a compressed stream. */
export function mayBeBase64(units: Uint16Array, start: number, end: number): boolean {
  let bits = 0
  let held = 0
  let seen = 0
  for (let at = start; at < start + 8 && at < end; at++) {
    const sextet = sextets[units[at] ?? 0] ?? -1
    if (sextet < 0) break
    bits = ((bits << 6) | sextet) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    head[seen++] = (bits >> held) & 0xff
  }
  if (isCompressed()) return true
  return isMostlyText(seen) && mayBeText(seen, ((end - start) * 6) >> 3)
}

/** The same of a run of hexadecimal digits. */
export function mayBeHex(units: Uint16Array, start: number, end: number): boolean {
  const length = (end - start) >> 1
  const seen = Math.min(head.length, length)
  for (let i = 0; i < seen; i++) {
    head[i] = (hexDigit(units[start + 2 * i] ?? 0) << 4) | hexDigit(units[start + 2 * i + 1] ?? 0)
  }
  return isCompressed() || (head[0] !== 0 && mayBeText(seen, length))
}

function hexDigit(unit: number): number {
  return unit < 0x40 ? unit & 15 : (unit & 15) + 9
}

function isCompressed(): boolean {
  return head[0] === 0x1f || head[0] === 0x78
}

/** At most one of the first bytes is neither a plain character nor the zero of UTF-16. */
function isMostlyText(seen: number): boolean {
  let printable = 0
  let zeros = 0
  let lead = false
  for (let i = 0; i < seen; i++) {
    const byte = head[i] ?? 0
    if ((byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13) printable++
    else if (byte === 0) zeros++
    else if (byte >= 0xc2 && byte < 0xf5) lead = true
    else if (byte >= 0x80 && byte < 0xc0 && lead) printable += 2
  }
  return printable + zeros >= seen - 1 && printable >= zeros
}

/** False where these bytes begin neither UTF-8 without control characters nor UTF-16 of Latin text. */
function mayBeText(seen: number, length: number): boolean {
  if (length >= longBytes || head.subarray(0, seen).includes(0)) return true
  let continuing = 0
  for (let i = 0; i < seen; i++) {
    const byte = head[i] ?? 0
    if (continuing > 0) {
      if (byte >> 6 !== 2) return false
      continuing--
    } else if (byte < 0x20) {
      if (!((byte > 8 && byte < 14) || byte === 0x1b)) return false
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return false
      continuing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
    }
  }
  return true
}
