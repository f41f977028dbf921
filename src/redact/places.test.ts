import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyInventory } from '../domain/inventory.ts'
import { findNames } from './find-names.ts'
import { foldedView } from './fold.ts'
import { findLiterals, literalKind, literalsOf } from './literals.ts'
import { nameIndex } from './name-index.ts'
import { type PlaceKind, type Places, placesIn } from './places.ts'
import { redact } from './redact.ts'
import { findRuns, runKind } from './runs.ts'
import { findSecrets } from './secrets/find-secrets.ts'
import { layersOf } from './unescape.ts'
import { Vault } from './vault.ts'
import { View } from './view.ts'

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

describe('what is planted in nests of escapes', () => {
  const planted = [
    'finserver7',
    'Project Phoenix',
    `AKIA${'QWERTYUIOPASD234'}`,
    String.raw`CORP\jdoe`,
    '[HOST-1]',
  ]
  const { value: names } = nameIndex({ ...emptyInventory, hosts: ['finserver7'], terms: ['Project Phoenix'] })
  const hex = (unit: string, width: number) => unit.charCodeAt(0).toString(16).padStart(width, '0')
  const escapes: readonly ((unit: string) => string)[] = [
    unit => `%${hex(unit, 2)}`,
    unit => `\\u${hex(unit, 4)}`,
    unit => `\\U${hex(unit, 8)}`,
    unit => `\\x${hex(unit, 2)}`,
    unit => `&#x${hex(unit, 1)};`,
    unit => `\\${unit.charCodeAt(0).toString(8).padStart(3, '0')}`,
    unit => JSON.stringify(unit).slice(1, -1),
  ]
  /** One escape over all units, or over those that a seed picks: the borders then lie inside of a value. */
  const layer = fc.record({ written: fc.constantFrom(...escapes), every: fc.integer({ min: 1, max: 4 }) })
  const nests = fc
    .record({
      value: fc.constantFrom(...planted),
      layers: fc.array(layer, { maxLength: 3 }),
      before: texts,
      behind: texts,
    })
    .map(({ value, layers, before, behind }) => {
      const nested = layers.reduce(
        (text, { written, every }) =>
          text.replaceAll(/[\0-\x7f]/g, (unit, at: number) => (at % every === 0 ? written(unit) : unit)),
        ` ${value} `,
      )
      return {
        value,
        text: `${before}${nested}${behind}`,
        alone: nested,
        isWhole: layers.every(({ every }) => every === 1),
      }
    })

  it('is found as it is where every layer is looked at whole', () => {
    fc.assert(
      fc.property(nests, ({ text }) => {
        const layers = layersOf(foldedView(text), 4)
        findLiterals(layers)
        const carried = [...findNames(layers, names), ...layers.flatMap(findSecrets)]
        const whole = layers.map(each => ({ each, alone: new View(each.text) }))
        const found = [
          ...whole.flatMap(({ each, alone }) =>
            findNames([alone], names).map(span => ({ ...span, ...each.toSource(span.start, span.end) })),
          ),
          ...whole.flatMap(({ each, alone }) =>
            findSecrets(alone).map(span => ({ ...span, ...each.toSource(span.start, span.end) })),
          ),
        ]
        expect(carried).toEqual(found)
      }),
      { seed: 20, numRuns: 400 },
    )
  })

  it('stays nowhere where programs have escaped all of it, one after another', () => {
    fc.assert(
      fc.property(nests, ({ value, alone, isWhole }) => {
        // Half escaped, a backslash may be its own or the next one's: no program reads that in one way.
        fc.pre(isWhole && value !== '[HOST-1]')
        const redaction = redact(alone, new Vault('tenant', 'case'), { names, keep: new Set(), problems: [] })
        expect(redaction.replacements.length, `${value} in ${alone}`).toBeGreaterThan(0)
      }),
      { seed: 20, numRuns: 400 },
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
