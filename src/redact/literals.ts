import { addBit, bitSet, hasBit } from './bit-set.ts'
import { type PlaceKind, type Places, placesIn } from './places.ts'
import { unitSet } from './runs.ts'
import { unitsOf, type View } from './view.ts'

/*
 * Most patterns begin with, or cannot do without, one of a few literals. One pass over a text finds the literals of
 * all of them: it hashes each three units and asks a bitmap whether any literal starts so; only then are the literals
 * of that hash compared. Five hundred cost little more than one, and most patterns are then tried nowhere.
 */

/** Literals that one detector looks for, any of them. */
export interface LiteralKind {
  readonly index: number
}

interface Literal {
  readonly units: Uint16Array
  /** Whether a word has to end with it. */
  readonly endsWord: boolean
  readonly kind: LiteralKind
}

const literals: Literal[] = []
let kinds = 0
let compiled: CompiledLiterals | undefined

/**
 * Literals of at least two units, in lower case. One that ends with `\b` counts only where no letter or digit follows. To be
 * made when a module is loaded.
 */
export function literalKind(...texts: readonly string[]): LiteralKind {
  const kind = { index: kinds++ }
  for (const text of texts) {
    const endsWord = text.endsWith('\\b')
    literals.push({ units: unitsOf(endsWord ? text.slice(0, -2) : text), endsWord, kind })
  }
  compiled = undefined
  return kind
}

const wordUnits = unitSet('0-9A-Za-z').table

/** Literals of a view where they stand, in order. */
export interface FoundLiterals {
  readonly places: readonly number[]
  /** What stands at each of the places. */
  readonly kinds: readonly number[]
}

const foundIn = new WeakMap<View, FoundLiterals>()

/** Looks for all literals in a text and its layers. */
export function findLiterals(layers: readonly View[]): void {
  compiled ??= compile()
  let starts: Places | undefined
  for (const view of layers) {
    starts = placesIn(view, compiled.starts, starts)
    foundIn.set(view, compiled.compare(view.lowerUnits, starts.at))
  }
}

/** The literals of a view. */
export function literalsOf(view: View): FoundLiterals {
  const found = foundIn.get(view)
  if (found !== undefined) return found
  findLiterals([view])
  return literalsOf(view)
}

/** Whether any literal of a kind stands in a view. */
export function holds(view: View, { index }: LiteralKind): boolean {
  return literalsOf(view).kinds.includes(index)
}

interface CompiledLiterals {
  /** Where a literal may begin. */
  readonly starts: PlaceKind
  /** The literals that do begin there. */
  compare(units: Uint16Array, starts: readonly number[]): FoundLiterals
}

function compile(): CompiledLiterals {
  // By their first three units, and by their fourth where they have one: most of a log has the one and not the other.
  const threes = bitSet()
  const fours = bitSet()
  const short = bitSet()
  const bucketOf = new Uint16Array(0x10000)
  const buckets: Literal[][] = [[]]
  for (const literal of literals) {
    const { units } = literal
    for (const key of keysOf(units)) {
      addBit(threes, key)
      if (units.length > 3) addBit(fours, longKey(key, units[3] ?? 0))
      else addBit(short, key)
      if (bucketOf[key] === 0) bucketOf[key] = buckets.push([]) - 1
      buckets[bucketOf[key] ?? 0]?.push(literal)
    }
  }
  return {
    starts: {
      reach: 4,
      find: (units, from, to, places) => {
        const end = Math.min(to, units.length - 2)
        let first = units[from] ?? 0
        let second = units[from + 1] ?? 0
        for (let at = from; at < end; at++) {
          const third = units[at + 2] ?? 0
          const key = startKey(first, second, third)
          if (hasBit(threes, key) && (hasBit(fours, longKey(key, units[at + 3] ?? 0)) || hasBit(short, key)))
            places.push(at)
          first = second
          second = third
        }
      },
    },
    compare: (units, starts) => {
      const places: number[] = []
      const kindsThere: number[] = []
      for (const at of starts) {
        const key = startKey(units[at] ?? 0, units[at + 1] ?? 0, units[at + 2] ?? 0)
        for (const literal of buckets[bucketOf[key] ?? 0] ?? []) {
          if (!standsAt(units, at, literal)) continue
          places.push(at)
          kindsThere.push(literal.kind.index)
        }
      }
      return { places, kinds: kindsThere }
    },
  }
}

// Factors with which few words of logs are taken for the beginning of a literal.
function startKey(first: number, second: number, third: number): number {
  return (Math.imul(first * 128 + second, 2533) + third * 193) & 0xffff
}

function longKey(key: number, fourth: number): number {
  return (key * 37 + fourth * 101) & 0xffff
}

/** A literal of two units is entered under every third unit of ASCII. */
function keysOf([first = 0, second = 0, third]: Uint16Array): number[] {
  if (third !== undefined) return [startKey(first, second, third)]
  return Array.from({ length: 0x80 }, (_, any) => startKey(first, second, any))
}

function standsAt(units: Uint16Array, at: number, literal: Literal): boolean {
  const { length } = literal.units
  // The last one first: literals of a bucket begin alike.
  for (let i = length - 1; i >= 0; i--) if (units[at + i] !== literal.units[i]) return false
  return !(literal.endsWord && wordUnits[units[at + length] ?? 0] === 1)
}
