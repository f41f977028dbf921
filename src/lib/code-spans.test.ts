import { describe, expect, it } from 'vitest'
import { codeSpans, quoteCode } from './code-spans.ts'

describe('code in a text', () => {
  it.each([
    ['no code', 'no code'],
    ['Read `ss -tnp` on web-01.', 'Read “ss -tnp” on web-01.'],
    ['`a` and `b`', '“a” and “b”'],
    ['an odd ` stays', 'an odd ` stays'],
    ['`a` `', '“a” `'],
    ['``', '``'],
    ['`over\na line`', '`over\na line`'],
    ['', ''],
  ])('%j becomes %j', (text, shown) => {
    expect(quoteCode(text)).toBe(shown)
  })

  it('loses no character', () => {
    const text = 'a `b` c``d` e `f'
    expect(
      codeSpans(text)
        .map(span => (span.code ? `\`${span.text}\`` : span.text))
        .join(''),
    ).toBe(text)
  })
})
