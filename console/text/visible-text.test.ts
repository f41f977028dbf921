import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visibleRuns, visibleText } from './visible-text.ts'

describe('visibleText', () => {
  const cases: [string, string][] = [
    ['plain text, ünïcode 日本', 'plain text, ünïcode 日本'],
    ['invoice\u202efdp.exe', 'invoice⟨RLO⟩fdp.exe'],
    ['pay\u200bpal.com', 'pay⟨ZWSP⟩pal.com'],
    ['\u001b[2J', '⟨ESC⟩[2J'],
    ['a\nb', 'a⟨LF⟩b'],
    ['\ud800', '⟨U+D800⟩'],
    ['tag\u{e0041}', 'tag⟨U+E0041⟩'],
  ]
  for (const [text, shown] of cases)
    it(`shows ${JSON.stringify(shown)}`, () => expect(visibleText(text)).toBe(shown))

  it('keeps line breaks and tabs where the layout is wanted', () => {
    expect(visibleRuns('a\n\tb', true)).toEqual([{ kind: 'plain', text: 'a\n\tb' }])
  })

  it('loses no character of any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(
          visibleRuns(text)
            .map(run => run.text)
            .join(''),
        ).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  it('leaves nothing invisible in the plain runs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const plain = visibleRuns(text)
          .filter(run => run.kind === 'plain')
          .map(run => run.text)
          .join('')
        expect(plain).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u0000-\u001f]/)
      }),
      { numRuns: 200 },
    )
  })
})
