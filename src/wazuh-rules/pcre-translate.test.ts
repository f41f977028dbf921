import { describe, expect, it } from 'vitest'
import { compileExpression } from './expression.ts'
import { translatePcre } from './pcre-translate.ts'

function captures(pattern: string, subject: string): string[] | undefined {
  const expression = compileExpression('pcre2', pattern)
  if ('kind' in expression) throw new Error(`${pattern}: ${expression.message}`)
  const found: string[] = []
  return expression.capture(subject, subject.toLowerCase(), 0, found) < 0 ? undefined : found
}

describe('PCRE2 in JavaScript', () => {
  it.each<[string, string, string[] | undefined]>([
    ['a(b)', 'ab', ['b']],
    ['A', 'a', undefined],
    ['(?i)A(b)', 'aB', ['B']],
    ['x(?i)a', 'xA', []],
    ['(?i:a)b', 'AB', undefined],
    ['(?:(?i)a)b', 'Ab', []],
    ['a.c', 'a\nc', undefined],
    ['a.c', 'a\rc', []],
    ['(?s)a.c', 'a\nc', []],
    ['a$', 'a\n', []],
    ['a$', 'a\nb', undefined],
    ['(?m)^b$', 'a\nb\nc', []],
    ['\\Aa\\z', 'a\n', undefined],
    ['\\Aa\\Z', 'a\n', []],
    ['\\h+(\\H)', ' \tx', ['x']],
    ['[]a]+', ']a', []],
    ['[^]]+', 'ab', []],
    ['[[:digit:]]+', '12', []],
    ['(?<name>\\d+)-\\k<name>', '12-12', ['12']],
    ['(\\d+)-\\1', '12-12', ['12']],
    ['(?>a+)ab', 'aaab', undefined],
    ['a++b', 'aaab', []],
    ['(?>(a+))(b)', 'aab', ['aa', 'b']],
    ['\\Qa.b\\E', 'a.b', []],
    ['(?#note)a', 'a', []],
    ['(?x) a b # note\n c', 'abc', []],
    ['(?U)(a+)', 'aaa', ['a']],
    ['\\x41\\101', 'AA', []],
    ['(a)?(b)', 'b', ['', 'b']],
    ['(a)(b)?', 'a', ['a']],
    ['(*UTF)\\N{U+202E}', '\xe2\x80\xae', []],
    ['\\s', '\xa0', undefined],
  ])('%j on %j gives %j', (pattern, subject, expected) => {
    expect(captures(pattern, subject)).toEqual(expected)
  })

  it.each(['a\\Kb', '(?R)', '(?(1)a|b)', '\\p{L}', '(*SKIP)', 'a)', '(a', '[a', '*a', '(?|a|b)', '(?C1)'])(
    'refuses %s, with a place',
    pattern => {
      expect(translatePcre(pattern)).toMatchObject({ kind: 'invalid', offset: expect.any(Number) })
    },
  )
})
