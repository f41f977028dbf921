import { expect, it } from 'vitest'
import { base32, stepOfCode, totpCode, totpStep, totpUri } from './totp.ts'

// RFC 6238, appendix B: the SHA-1 vectors, of which an app with six digits shows the last six.
const secret = Buffer.from('12345678901234567890')
it.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at %i s the code is %s', (seconds, code) => {
  expect(totpCode(secret, totpStep(seconds * 1000))).toBe(code.slice(2))
})

// RFC 4648, section 10, without the padding.
it.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base 32 of "%s" is "%s"', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded)
})

it('takes a code one step early or late, and no other', () => {
  const nowMs = 1_750_000_000_000
  const at = (steps: number) => totpCode(secret, totpStep(nowMs) + steps)
  expect([-2, -1, 0, 1, 2].map(steps => stepOfCode(secret, at(steps), nowMs) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    false,
  ])
  expect(stepOfCode(secret, '', nowMs)).toBeUndefined()
})

it('a user name cannot break out of the address in the QR code', () => {
  const uri = new URL(totpUri(secret, 'a&secret=AAAA?x:y/z'))
  expect(uri.searchParams.getAll('secret')).toEqual([base32(secret)])
})
