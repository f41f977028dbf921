import { mixesScripts } from '../lib/look-alike.ts'
import { joinedForms } from './arabic-forms.ts'

/** What is put on a line as one: a letter with the marks on it. */
export interface Cluster {
  readonly shown: string
  /** Whether it needs the embedded font; the rest is what Helvetica has. */
  readonly wide: boolean
  readonly rightToLeft: boolean
  readonly mayBreakAfter: boolean
}

export interface ReadableText {
  readonly clusters: readonly Cluster[]
  /** Whether a character is written as its code point. */
  readonly coded: boolean
}

/** Windows-1252 without its soft hyphen: what the built-in fonts of every PDF reader have. */
const plain = /^[\x20-\x7e\xa0-\xac\xae-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac]*$/
/** Nothing to see: controls of direction and of joining, unassigned and private code points, halves of surrogates, … */
const hidden = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u
/** An ideographic space is as wide as a letter: Japanese names are written with it. */
const space = /^[ \xa0\u3000]$/
const mark = /\p{M}/u
/** Shapes of Arabic letters as characters: text has letters, and `arabic-forms.ts` makes these of them. */
const shape = /[\ufb50-\ufdff\ufe70-\ufefc]/
/** Letters that run from right to left. */
export const runsLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\u0640]/u
const ideograph =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3001-\u303f\uff01-\uff60\u30fc]/u
/** What does not begin a line in Chinese and Japanese. */
const closing =
  /[\u3001\u3002\u3009\u300b\u300d\u300f\u3011\u3015\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f]/
/** More than any language stacks on a letter; thousands would cover the lines above. */
const mostMarks = 4

/**
 * Text of unknown origin as it is put on paper, so that what stands there can be read and nothing in it can hide:
 * - characters that a reader could not see, or that would turn the text around, are written as U+ and their code point;
 * - so are letters that sit in a word of Latin letters and pass for one of them, and those that no font here has;
 * - a letter and the marks after it become the one letter that they make, where there is one;
 * - Arabic letters take the shapes that join them.
 * A whole word of Cyrillic letters that looks like Latin ones stays as it is: the JSON export has the code points.
 */
export function readableText(text: string, has: (codePoint: number) => boolean): ReadableText {
  const words = text
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    // As macOS writes names of files: marks, and parts of a Korean syllable.
    .replace(/\P{M}\p{M}{1,4}|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?/gu, sequence =>
      sequence.normalize('NFC'),
    )
    .split(/([^\p{L}\p{M}\p{N}]+)/u)
  let coded = false
  const clusters: Cluster[] = []
  for (const word of words) {
    if (plain.test(word)) {
      for (const shown of word) clusters.push(cluster(shown, false))
      continue
    }
    const mixed = mixesScripts(word)
    const parts = partsOf(word).map(part => ({ part, drawn: isDrawn(part, mixed, has) }))
    // The rest of a word is in the font of its foreign letters, and in Helvetica where none is drawn.
    const wide = parts.some(({ part, drawn }) => drawn && !plain.test(part))
    for (const { part, drawn } of parts) {
      if (drawn && (wide || !plain.test(part))) clusters.push(cluster(part, true))
      else if (plain.test(part)) clusters.push(cluster(part, false))
      else {
        coded = true
        for (const character of part) clusters.push(cluster(codeOf(character), false))
      }
    }
  }
  return { clusters: joined(clusters, has), coded }
}

/** Whether a character with its marks is shown as it is. */
function isDrawn(part: string, inMixedWord: boolean, has: (codePoint: number) => boolean): boolean {
  const [first = ''] = part
  if (mark.test(first) || shape.test(first) || (hidden.test(part) && !space.test(part))) return false
  if (inMixedWord && !/[\p{Script=Latin}\p{N}]/u.test(first)) return false
  return [...part].every(character => has(character.codePointAt(0) ?? 0))
}

/** A character as its code point, in letters that every font has. */
function codeOf(character: string): string {
  return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`
}

function cluster(shown: string, wide: boolean): Cluster {
  return {
    shown,
    wide,
    rightToLeft: wide && runsLeft.test(shown) && /\p{L}/u.test(shown),
    mayBreakAfter: space.test(shown) || (wide && ideograph.test(shown)) || /^[-/\\]$/.test(shown),
  }
}

/** Characters with the marks on them; a mark too many stands alone. */
function partsOf(word: string): string[] {
  const parts: string[] = []
  let marks = mostMarks
  for (const character of word) {
    if (mark.test(character) && !hidden.test(character) && marks < mostMarks) {
      parts.push(`${parts.pop()}${character}`)
      marks++
    } else {
      parts.push(character)
      marks = hidden.test(character) || mark.test(character) ? mostMarks : 0
    }
  }
  return parts
}

/** The same with Arabic letters in the shapes that join them, where the font has these. */
function joined(clusters: readonly Cluster[], has: (codePoint: number) => boolean): Cluster[] {
  const done: Cluster[] = []
  let at = 0
  while (at < clusters.length) {
    let end = at
    while (clusters[end]?.rightToLeft === true) end++
    if (end === at) {
      const each = clusters[at]
      if (each !== undefined) done.push(each)
      at++
      continue
    }
    const run = clusters.slice(at, end).map(each => {
      const [letter = '', ...marks] = each.shown
      return { each, letter, marks }
    })
    const shapes = joinedForms(
      run.map(({ letter }) => letter),
      shape => has(shape.codePointAt(0) ?? 0),
    )
    // As they are drawn: a line of them runs to the left, and what turns it round again finds the marks behind the letter.
    for (const [index, { each, letter, marks }] of run.entries())
      done.push({ ...each, shown: [...marks.reverse(), shapes[index] ?? letter].join('') })
    at = end
  }
  return done
}

/** Whether a line may end between two clusters. */
export function mayBreak(before: Cluster, after: Cluster | undefined): boolean {
  if (after === undefined || space.test(after.shown)) return true
  if (closing.test(after.shown)) return false
  if (/^[-/\\]$/.test(before.shown)) return /\p{L}/u.test(after.shown)
  return before.mayBreakAfter || (after.wide && ideograph.test(after.shown))
}

/**
 * A line in the order in which it is drawn, from left to right: letters of Hebrew and Arabic, and the spaces between them,
 * run the other way. Digits, signs and Latin letters end such a stretch: they stay where they are, so that nothing in a
 * name can move what is around it. (The bidirectional algorithm of Unicode would move them; a number between two Hebrew
 * words is therefore where an English reader expects it.)
 */
export function visualOrder(line: readonly Cluster[]): Cluster[] {
  const drawn: Cluster[] = []
  let at = 0
  while (at < line.length) {
    let end = at
    for (let next = at; next < line.length; next++) {
      const each = line[next]
      if (each?.rightToLeft === true) end = next + 1
      else if (next === at || each?.shown !== ' ') break
    }
    if (end === at) {
      const each = line[at]
      if (each !== undefined) drawn.push(each)
      at++
    } else {
      drawn.push(...line.slice(at, end).reverse())
      at = end
    }
  }
  return drawn
}
