import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PhraseScan } from './phrase-scan.ts'

describe('PhraseScan', () => {
  it('finds what plain search finds, on texts and phrases of few letters', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', 'B', '.'), maxLength: 30 })
    const phrase = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.'), minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(text, fc.array(phrase, { maxLength: 6 }), (haystack, phrases) => {
        const expected = phrases.some(each => haystack.toLowerCase().includes(each))
        expect(new PhraseScan(phrases).holdsAny(Buffer.from(haystack))).toBe(expected)
      }),
      { numRuns: 2000, seed: 1 },
    )
  })

  it('finds what plain search finds once every run of blanks is one', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\t', '\n'), maxLength: 30 })
    const phrase = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 1, maxLength: 5 })
    const asOne = (each: string) => each.toLowerCase().replace(/\s+/g, ' ')
    fc.assert(
      fc.property(text, fc.array(phrase, { maxLength: 6 }), (haystack, phrases) => {
        const expected = phrases.some(each => asOne(haystack).includes(asOne(each)))
        expect(new PhraseScan(phrases).holdsAny(Buffer.from(haystack))).toBe(expected)
      }),
      { numRuns: 3000, seed: 2 },
    )
  })

  it('takes any run of blanks for one', () => {
    const scan = new PhraseScan(['system :'])
    expect(scan.holdsAny(Buffer.from('System \t\n  : x'))).toBe(true)
    expect(scan.holdsAny(Buffer.from('system: x'))).toBe(false)
  })

  it('leaves what is not ASCII to a closer look', () => {
    const scan = new PhraseScan(['x'])
    expect(scan.holdsAny(Buffer.from('abc'))).toBe(false)
    expect(scan.holdsAny(Buffer.from('ab\u200bc'))).toBe(true)
    expect(scan.holdsAny(Buffer.from('ab\u007f'))).toBe(true)
  })

  it.each([[''], ['é']])('refuses the phrase %j', phrase => {
    expect(() => new PhraseScan([phrase])).toThrow()
  })
})
