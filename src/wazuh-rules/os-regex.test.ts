import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression } from './expression.ts'
import { miss, runOsRegex } from './os-regex.ts'
import { compileOsRegex } from './os-regex-program.ts'
import { osRegexFirstBytes } from './required-literals.ts'

function compiled(pattern: string) {
  const expression = compileExpression('osregex', pattern)
  if ('kind' in expression) throw new Error(`${pattern}: ${expression.message}`)
  return expression
}

function matches(pattern: string, subject: string): boolean {
  return compiled(pattern).matches(subject, subject.toLowerCase())
}

function captures(pattern: string, subject: string): string[] | undefined {
  const found: string[] = []
  return compiled(pattern).capture(subject, subject.toLowerCase(), 0, found) < 0 ? undefined : found
}

describe('OS_Regex', () => {
  it.each([
    ['^sshd', 'SSHD here', true],
    ['^sshd', 'the sshd', false],
    ['sshd$', 'the sshd', true],
    ['sshd$', 'sshd there', false],
    ['^a$|^b$', 'b', true],
    ['a.b', 'axb', false],
    ['a\\.b', 'axb', true],
    ['\\d\\d:\\d\\d', 'at 12:34', true],
    ['\\w+@\\w+', 'user@host', true],
    ['\\p', 'a/b~c^d', false],
    ['\\p', 'a;b', true],
    ['x\\sy', 'x\ty', false],
    ['x\\ty', 'x\ty', true],
    ['\\(\\$\\|\\<\\\\', 'see ($|<\\', true],
    ['\\d+', 'none', false],
    ['caf\xe9', 'caf\xe9', false],
    ['caf\\.', 'caf\xe9', true],
  ])('%s on %s is %s', (pattern, subject, expected) => {
    expect(matches(pattern, subject)).toBe(expected)
  })

  it('captures, taking the shortest way on where the next item also fits', () => {
    expect(
      captures('user (\\S+) from (\\S+) port (\\d+)', 'for user bob from 10.0.0.1 port 22 ssh2'),
    ).toEqual(['bob', '10.0.0.1', '22'])
    expect(captures("User '(\\.+)' logged", "User 'a'b' logged")).toEqual(["a'b"])
    // A group that begins at the very end is not captured.
    expect(captures('(\\w+)=(\\.*)$', 'key=')).toEqual(['key'])
  })

  it('gives the captures of the alternative that matched', () => {
    expect(captures('lost: (\\.+)$|failed: (\\.+)$', 'x failed: why')).toEqual(['why'])
  })

  it.each(['\\n', 'a\\', '(a(b))', '(a', 'a)', '(a|b)', '\\'])('refuses %s', pattern => {
    expect(compileOsRegex(pattern)).toHaveProperty('kind', 'invalid')
  })
})

const item = fc.constantFrom(
  'a',
  'b',
  ' ',
  '1',
  ':',
  '%',
  '\\d',
  '\\w',
  '\\s',
  '\\.',
  '\\S',
  '\\W',
  '\\p',
  '\\(',
)
const quantified = fc
  .tuple(item, fc.constantFrom('', '', '+', '*'))
  .map(([text, sign]) => (text.startsWith('\\') ? text + sign : text))
const group = fc.array(quantified, { minLength: 1, maxLength: 4 }).map(parts => `(${parts.join('')})`)
const alternative = fc
  .tuple(
    fc.constantFrom('', '', '^'),
    fc.array(fc.oneof(quantified, quantified, group), { minLength: 1, maxLength: 7 }),
    fc.constantFrom('', '', '$'),
  )
  .map(([start, parts, end]) => start + parts.join('') + end)
const patterns = fc.array(alternative, { minLength: 1, maxLength: 3 }).map(parts => parts.join('|'))
const subjects = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', ' ', '1', '2', ':', '(', '%', 'é'),
  maxLength: 24,
})

describe('OS_Regex, any pattern and subject', () => {
  it('needs its literals and first bytes where it matches, and captures parts of the subject', () => {
    fc.assert(
      fc.property(patterns, subjects, (pattern, subject) => {
        const expression = compiled(pattern)
        const programs = compileOsRegex(pattern)
        if ('kind' in programs) return
        const lower = subject.toLowerCase()
        const found: string[] = []
        if (!expression.matches(subject, lower)) return
        const lists = expression.literals
        if (lists) expect(lists.some(words => words.every(word => lower.includes(word)))).toBe(true)
        const first = osRegexFirstBytes(programs)
        if (first) expect(first.has(lower === '' ? -1 : lower.charCodeAt(0))).toBe(true)
        if (expression.capture(subject, lower, 0, found) >= 0)
          for (const capture of found) expect(subject).toContain(capture)
      }),
      { numRuns: 3000 },
    )
  })

  it('finds the same when it leaps from one place of its leading literals to the next', () => {
    const literals = fc.string({ unit: fc.constantFrom('a', 'b', ':', 'é'), minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(literals, patterns, subjects, fc.nat(3), (start, rest, subject, from) => {
        const programs = compileOsRegex(start + rest)
        if ('kind' in programs) return
        const lower = subject.toLowerCase()
        for (const program of programs) {
          const [leaping, stepping] = [new Int32Array(40), new Int32Array(40)]
          const last = runOsRegex(program, lower, from, leaping)
          expect(last).toBe(runOsRegex({ ...program, prefix: '' }, lower, from, stepping))
          if (last !== miss) expect(leaping).toEqual(stepping)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('finds a plain word exactly where a substring search does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
    fc.assert(
      fc.property(word, text, (pattern, subject) => matches(pattern, subject) === subject.includes(pattern)),
      {
        numRuns: 500,
      },
    )
  })

  it('stays fast where a backtracking matcher would not', () => {
    const subject = 'a'.repeat(20_000)
    const pattern = `${'\\w*'.repeat(12)}!`
    expect(matches(pattern, subject)).toBe(false)
  })
})
