import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEscapedUtf8, encodeEscapedUtf8 } from './escaped-utf8.ts'

describe('escaped UTF-8', () => {
  it('gives back the same bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        const buffer = Buffer.from(bytes)
        expect(encodeEscapedUtf8(decodeEscapedUtf8(buffer))).toEqual(buffer)
      }),
    )
  })

  it('does so for what looks like UTF-8 and is not', () => {
    for (const hex of [
      'efbbbf41',
      'edb280',
      'c080',
      'f48fbfbf',
      'f4908080',
      'e282',
      '61ff62',
      'f09f9880ff',
    ]) {
      const bytes = Buffer.from(hex, 'hex')
      expect(encodeEscapedUtf8(decodeEscapedUtf8(bytes)).toString('hex')).toBe(hex)
    }
  })

  it('writes one character for each byte that is none', () => {
    expect(decodeEscapedUtf8(Buffer.from('61e28262', 'hex'))).toBe('a\udce2\udc82b')
  })
})
