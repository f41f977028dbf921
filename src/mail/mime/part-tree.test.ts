import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../lib/problem.ts'
import { mailLimits } from '../limits.ts'
import { bodyOf, parseMessage, walkParts } from './part-tree.ts'

function check(text: string) {
  const problems: Problem[] = []
  const root = parseMessage(Buffer.from(text, 'latin1'), problems)
  const leaves = [...walkParts(root)].filter(part => part.children.length === 0)
  return {
    shape: [...walkParts(root)].map(part => `${part.id} ${part.mediaType}`.trim()),
    bodies: leaves.map(part => bodyOf(part, 10_000).toString('latin1')),
    problems: problems.map(entry => entry.code),
    root,
  }
}

const multipart = (boundary: string, ...parts: string[]) =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\n\n${parts.map(part => `--${boundary}\n${part}\n`).join('')}--${boundary}--\n`

describe('parseMessage', () => {
  it('numbers parts as IMAP does and keeps line ends out of bodies', () => {
    const inner = multipart('in', 'Content-Type: text/plain\n\none', 'Content-Type: text/html\n\n<p>two')
    const found = check(`Subject: t\n${multipart('out', inner, '\nthree')}`)
    expect(found.shape).toEqual([
      'multipart/mixed',
      '1 multipart/mixed',
      '1.1 text/plain',
      '1.2 text/html',
      '2 text/plain',
    ])
    expect(found.bodies).toEqual(['one', '<p>two', 'three'])
    expect(found.problems).toEqual([])
  })

  it('reads the message inside message/rfc822, encoded against the rules too', () => {
    const inner = 'Subject: inner\n\nhello'
    expect(check(`Content-Type: message/rfc822\n\n${inner}`).bodies).toEqual(['hello'])
    const encoded = `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from(inner).toString('base64')}`
    expect(check(encoded).bodies).toEqual(['hello'])
  })

  it('says what is wrong and reads what is there', () => {
    const unclosed = check('Content-Type: multipart/mixed; boundary=x\n\n--x\n\nkept')
    expect([unclosed.bodies, unclosed.problems]).toEqual([['kept'], ['boundary-unclosed']])
    const unused = check('Content-Type: multipart/mixed; boundary=x\n\nno parts here')
    expect([unused.bodies, unused.problems]).toEqual([['no parts here'], ['boundary-unused']])
    expect(check('Content-Type: multipart/mixed\n\ntext').problems).toEqual(['boundary-missing'])
    expect(check('no headers at all').bodies).toHaveLength(1)
  })

  it('stops at its limits', () => {
    const nested = Array.from(
      { length: 1_000 },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`,
    ).join('')
    expect(check(nested).problems).toContain('nesting-too-deep')
    const many = check(multipart('x', ...Array.from({ length: 20_000 }, () => '\nhi')))
    expect(many.problems).toContain('too-many-parts')
    expect(many.shape.length).toBeLessThanOrEqual(mailLimits.parts + 1)
    const long = check(`Subject: ${'a'.repeat(1024 * 1024)}\n\nbody`)
    expect(long.problems).toContain('header-too-long')
    expect(long.bodies).toEqual(['body'])
  })

  it('never throws, and every part lies within the message', () => {
    const word = fc.constantFrom(
      '--x',
      '--x--',
      '--y',
      '\n',
      '\r\n',
      '\n\n',
      ' ',
      '=',
      'Content-Type: multipart/mixed; boundary=x',
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: base64',
      'Content-Type: multipart/alternative; boundary="y"',
      'Subject: =?utf-8?B?w6Q=?=',
      'aGVsbG8=',
      '\u00e4\u0000',
      'From x',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), pieces => {
        const { root } = check(pieces.join('\n'))
        for (const part of walkParts(root)) {
          expect(part.start).toBeLessThanOrEqual(part.bodyStart)
          expect(part.bodyStart).toBeLessThanOrEqual(part.end)
          expect(part.end).toBeLessThanOrEqual(part.bytes.length)
        }
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})
