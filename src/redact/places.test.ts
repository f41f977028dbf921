import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldedView } from './fold.ts'
import { findLiterals, literalKind, literalsOf } from './literals.ts'
import { type PlaceKind, type Places, placesIn } from './places.ts'
import { findRuns, runKind } from './runs.ts'
import { layersOf } from './unescape.ts'

/** Texts of what escapes are made of, in letters whose case depends on their neighbours, too. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'\\"u0061%25=3D&amp;#012 ab\n'),
      fc.constantFrom(
        '\\\\',
        '\\"',
        '\\u0061',
        '%61',
        '%2561',
        '&#97;',
        '=\r\n',
        'pass',
        'sk-',
        'Σ',
        'İ',
        '\ud800',
      ),
    ),
    { maxLength: 60 },
  )
  .map(pieces => pieces.join(''))

describe('places in layers', () => {
  it('are those that a look at the whole layer finds', () => {
    for (const reach of [1, 2, 4]) {
      // Whatever stands from the unit in front to the last that decides: the strictest kind that there can be.
      const kind: PlaceKind = {
        reach,
        find: (units, from, to, places) => {
          for (let at = from; at < to; at++) {
            const sum = units
              .slice(Math.max(0, at - 1), at + reach)
              .reduce((all, unit) => all * 31 + unit, at && 7)
            if (sum % 3 === 0) places.push(at)
          }
        },
      }
      fc.assert(
        fc.property(texts, text => {
          let places: Places | undefined
          for (const layer of layersOf(foldedView(text), 4)) {
            places = placesIn(layer, kind, places)
            expect(places.at).toEqual(placesIn(layer, kind).at)
          }
        }),
      )
    }
  })
})

describe('literals', () => {
  it('are found where they stand, in every layer', () => {
    const all = ['pa', 'a%', 'ab', 'aa\\', 'pass', 'passab', 'u0061', '"ab"', '61ab', 'sk-']
    const kinds = all.map(text => [text, literalKind(text).index] as const)
    fc.assert(
      fc.property(texts, text => {
        const layers = layersOf(foldedView(text), 4)
        findLiterals(layers)
        for (const layer of layers) {
          const { places, kinds: found } = literalsOf(layer)
          for (const [literal, kind] of kinds) {
            const expected = [...layer.lower].flatMap((_, at) => {
              // A literal of two units is found where an ASCII unit follows.
              const behind = layer.lower.charCodeAt(at + 2)
              const isFound = literal.length > 2 || behind < 0x80
              return layer.lower.startsWith(literal, at) && isFound ? [at] : []
            })
            expect(places.filter((_, i) => found[i] === kind)).toEqual(expected)
          }
        }
      }),
    )
  })
})

describe('findRuns', () => {
  it('finds what a regular expression finds', () => {
    for (const shortest of [1, 3, 7]) {
      const kind = runKind('a-c0-', shortest)
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom(...'abc0-x日 '), maxLength: 60 }), text => {
          const expected = Array.from(text.matchAll(/[a-c0-]+/g), match => ({
            start: match.index,
            end: match.index + match[0].length,
          })).filter(({ start, end }) => end - start >= shortest)
          expect(findRuns(foldedView(text), kind)).toEqual(expected)
        }),
      )
    }
  })
})
