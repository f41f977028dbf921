import type { DataClass } from '../domain/data-class.ts'
import { dataClassOf, type ValueClass } from '../domain/value-class.ts'

/*
 * A placeholder is `[`, a word in capitals, numbers that carry relations, `]`: `[HOST-3]`, `[ADDR-INT-2-7]` (subnet
 * 2, address 7 in it), `[SID-1-500]`, `[EMAIL-2@evil.example]`. Another spelling of the same value has a letter
 * behind it: `[HOST-3b]`. No `[` or `]` stands inside, so a placeholder can never run into the text around it.
 */

/** The word that a kind of value is written with. */
export function placeholderWord(valueClass: ValueClass): string {
  if (valueClass.startsWith('secret.')) return 'SECRET'
  if (valueClass.startsWith('encoded.')) return 'ENCODED'
  switch (valueClass) {
    case 'address.internal':
      return 'ADDR-INT'
    case 'address.public':
      return 'ADDR-EXT'
    case 'national-id':
      return 'ID'
    default:
      return valueClass.toUpperCase()
  }
}

const words =
  'ADDR-INT|ADDR-EXT|CARD|DOMAIN|EMAIL|ENCODED|GROUP|HOST|IBAN|ID|LITERAL|LOCATION|MAC|ORGANISATION|PERSON|PHONE|SECRET|SID|TERM|USER|UUID'

/** The data class of what a placeholder stands for, told by its word alone; an encoded run may hide a secret. */
export function dataClassOfPlaceholder(placeholder: string): DataClass {
  const word = /^\[([A-Z]+(?:-(?:INT|EXT))?)-/.exec(placeholder)?.[1] ?? ''
  switch (word) {
    case 'SECRET':
    case 'ENCODED':
      return 'secret'
    case 'ADDR-INT':
      return dataClassOf('address.internal')
    case 'ADDR-EXT':
      return dataClassOf('address.public')
    case 'ID':
      return dataClassOf('national-id')
    default:
      // A word that is none of ours is of the strictest class.
      return dataClassOf(word.toLowerCase() as ValueClass)
  }
}

/** Anything of the shape of a placeholder, issued or not. */
export const placeholderShape = new RegExp(`\\[(?:${words})-\\d[^\\[\\]\\s]{0,120}\\]`, 'g')

/** No placeholder is longer: a stream may hold back this many characters behind a `[` and no more. */
export const longestPlaceholder = 140

/** The letters of the nth spelling: none for the first, then b, c … z, ba, bb. */
export function spellingSuffix(index: number): string {
  let letters = ''
  for (let rest = index; rest > 0; rest = Math.floor(rest / 26)) {
    letters = String.fromCharCode(97 + (rest % 26)) + letters
  }
  return letters
}
