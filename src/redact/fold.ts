import { lookAlike } from '../lib/look-alike.ts'
import { View, ViewBuilder } from './view.ts'

/*
 * One spelling for what looks the same: compatibility forms (full width, mathematical letters) become plain, accents
 * and zero-width characters go, letters of other scripts that pass for Latin ones become those. NUL goes too: text
 * that was UTF-16 and read as bytes has one behind each letter.
 */

const dropped = /[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Cf}\0]/u
const outsideAscii = /[^\x01-\x1a\x1c-\x7e]/
const cache = new Map<number, string>()

/** The folded form of one code point; empty where it is not seen. Keeps the case. */
export function foldCodePoint(code: number): string {
  const known = cache.get(code)
  if (known !== undefined) return known
  const plain = [...String.fromCodePoint(code).normalize('NFKD')]
    .filter(part => !dropped.test(part))
    .map(part => (part.charCodeAt(0) < 0x80 ? part : lookAlike(part)))
    .join('')
  if (cache.size < 0x4000) cache.set(code, plain)
  return plain
}

/** The folded view of a text. Plain ASCII is its own folded view and costs one pass. */
export function foldedView(text: string): View {
  const input = new View(text)
  if (!outsideAscii.test(text)) return input
  const builder = new ViewBuilder(input)
  const { units } = input
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] ?? 0
    if (unit > 0 && unit < 0x7f && unit !== 0x1b) continue
    const hidden = unit === 0x1b ? terminalSequence(text, at) : 0
    const code = text.codePointAt(at) ?? 0
    const width = Math.max(hidden, code > 0xffff ? 2 : 1)
    if (hidden === 0) builder.add(code === 0x1b ? '\x1b' : foldCodePoint(code), at, at + width)
    else builder.add('', at, at + width)
    at += width - 1
  }
  return builder.view()
}

/** The length of a terminal's control sequence (ECMA-48: `ESC [ … letter`), which prints nothing. */
function terminalSequence(text: string, at: number): number {
  const pattern = /\x1b\[[0-9;?]{0,16}[A-Za-z]/y
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

/** A name as it is looked for: folded, in lower case. */
export function foldName(name: string): string {
  return (outsideAscii.test(name) ? foldedView(name).lower : name.toLowerCase()).trim()
}
