import { fold } from './fold.ts'
import { type Moment, takeMoments } from './moments.ts'
import { type Part, partsOfFields } from './parts.ts'
import { nameMark, type PlacedWord, placeWords } from './polarity.ts'
import { type Quantity, quantitiesIn } from './quantities.ts'
import { type RoledName, rolesIn } from './roles.ts'
import type { SentItem } from './sent-item.ts'
import { type Token, takeTokens } from './tokens.ts'

/** Evidence taken apart for comparing: what a claim can stand on. */
export interface Ground {
  /** Folded, lower case. */
  readonly text: string
  readonly tokens: readonly Token[]
  readonly quantities: readonly Quantity[]
  readonly moments: readonly Moment[]
  readonly words: readonly PlacedWord[]
  readonly stems: ReadonlySet<string>
  readonly roles: readonly RoledName[]
  /** By the names of fields. */
  readonly parts: readonly Part[]
  /** Quotes that are one name and nothing else, lower case. */
  readonly values: ReadonlySet<string>
  /** How many items it is made of. */
  readonly items: number
}

/** Takes one item apart. */
export function groundOf(item: SentItem): Ground {
  const text = fold(`${item.label}: ${item.quote} ${item.facts}`)
  // Quotes around keys and values say nothing here, and would hide what stands between them.
  // The words of a key say what its number is: `"rule_level":10` is a level.
  const worded = text.replace(/"[A-Za-z]+(?:_[A-Za-z]+)+"(?=\s?:)/g, key => key.replaceAll('_', ' '))
  const plain = worded.replace(/["`]|(?<!\w)'|'(?!\w)/g, ' ')
  const { tokens, rest } = takeTokens(plain)
  const { moments, rest: numbers } = takeMoments(rest)
  const parts = partsOfFields(item)
  const words = placeWords(withoutFalseDenials(text, parts))
  return {
    text: text.toLowerCase(),
    tokens,
    moments,
    quantities: quantitiesIn(numbers),
    words,
    stems: new Set(words.map(({ stem }) => stem)),
    roles: rolesIn(plain),
    parts,
    values: new Set(/^\S+$/.test(item.quote) ? [item.quote.toLowerCase()] : []),
    items: 1,
  }
}

/**
 * A text without the words that would deny and do not: an account may be called `nobody`, and what something is `no
 * longer` is what it was before, which the parts of its values are compared by.
 */
export function withoutFalseDenials(text: string, parts: readonly Part[]): string {
  const has = (name: string) => parts.some(({ value }) => value === name.toLowerCase())
  const named = has('nobody') ? text.replace(/\bnobody\b/gi, nameMark.repeat(6)) : text
  return named.replace(/\bno longer (?=(\S{2,100}?)(?:[\s.,;]|$))/gi, (all, name: string) =>
    has(name) || name.startsWith(nameMark) ? '' : all,
  )
}

/** Several items as one ground. */
export function mergeGrounds(grounds: readonly Ground[]): Ground {
  return {
    text: grounds.map(({ text }) => text).join('\n'),
    tokens: grounds.flatMap(({ tokens }) => tokens),
    quantities: grounds.flatMap(({ quantities }) => quantities),
    moments: grounds.flatMap(({ moments }) => moments),
    words: grounds.flatMap(({ words }) => words),
    stems: new Set(grounds.flatMap(({ stems }) => [...stems])),
    roles: grounds.flatMap(({ roles }) => roles),
    parts: grounds.flatMap(({ parts }) => parts),
    values: new Set(grounds.flatMap(({ values }) => [...values])),
    items: grounds.length,
  }
}
