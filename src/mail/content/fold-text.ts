import { remove } from 'confusables'
import { mixesScripts } from '../../lib/look-alike.ts'

const invisible =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e01ef}]|\u034f|[\ufe00-\ufe0f]/gu
const plain = /^[\x00-\x7f]*$/

/** Characters that show nothing and serve to break words up for filters. */
export function invisibleCount(text: string): number {
  return plain.test(text) ? 0 : (text.match(invisible)?.length ?? 0)
}

/**
 * One spelling for what looks the same: NFKC, no invisible characters, no combining marks, look-alike letters replaced in
 * words that mix scripts (a wholly Cyrillic word stays Cyrillic), lower case.
 */
export function foldText(text: string): string {
  if (plain.test(text)) return text.toLowerCase()
  return text
    .replace(invisible, '')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\p{L}\p{N}]+/gu, word => (mixesScripts(word) ? remove(word) : word))
    .toLowerCase()
}

/** The letters that a reader would see, for comparing names and domains: look-alikes replaced throughout. */
export function skeletonOf(text: string): string {
  return remove(
    text
      .replace(invisible, '')
      .normalize('NFKD')
      .replace(/\p{M}+/gu, ''),
  ).toLowerCase()
}
