import { expect, it } from 'vitest'
import { insertString } from './insert-string.ts'

it('declares a string before the condition, under a free name', () => {
  const rule = 'rule a {\n  strings:\n    $s1 = "x"\n  condition:\n    all of them\n}\n'
  expect(insertString(rule, { text: 'say "a\\b"', encoding: 'wide' })).toBe(
    'rule a {\n  strings:\n    $s1 = "x"\n    $s2 = "say \\"a\\\\b\\"" wide\n  condition:\n    all of them\n}\n',
  )
  expect(insertString('rule a {\n  condition:\n    true\n}\n', { text: 'b', encoding: 'ascii' })).toContain(
    '  strings:\n    $s1 = "b"\n  condition:',
  )
})
