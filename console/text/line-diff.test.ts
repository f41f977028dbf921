import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lineDiff } from './line-diff.ts'

const shown = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`)

it('keeps what both have', () => {
  expect(shown('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d'])
  expect(shown('', 'a')).toEqual(['+a'])
  expect(shown('a', 'a')).toEqual([' a'])
})

it('gives both texts back', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    .map(lines => `${lines.join('\n')}\n`)
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after)
      const side = (kind: 'removed' | 'added') =>
        lines.flatMap(line => (line.kind === 'same' || line.kind === kind ? [`${line.text}\n`] : [])).join('')
      const whole = (each: string) => (each === '\n' ? '' : each)
      expect(whole(side('removed'))).toBe(whole(before))
      expect(whole(side('added'))).toBe(whole(after))
    }),
    { seed: 7 },
  )
})
