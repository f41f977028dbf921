import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayBeBase64, mayBeHex } from './blob-head.ts'
import { textOfBytes } from './decode-blob.ts'
import { findBlobs } from './find-blobs.ts'
import { foldedView } from './fold.ts'
import { unitsOf } from './view.ts'

const texts = fc.oneof(
  fc.string({ unit: 'binary', minLength: 6, maxLength: 60 }).map(text => Buffer.from(text, 'utf8')),
  fc.string({ minLength: 6, maxLength: 60 }).map(text => Buffer.from(text, 'utf16le')),
  fc.uint8Array({ minLength: 6, maxLength: 60 }).map(bytes => Buffer.from(bytes)),
)

describe('the first bytes of a run', () => {
  it('pass over no text', () => {
    fc.assert(
      fc.property(texts, bytes => {
        const content = textOfBytes(bytes, false)
        if (content === undefined || content === 'too-large' || content.strength === 'weak') return
        const hex = bytes.toString('hex')
        if (bytes[0] !== 0) expect(mayBeHex(unitsOf(hex), 0, hex.length)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('pass over no printable text in base64', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'aZ09 é日😀\n'), minLength: 6, maxLength: 60 }),
        text => {
          const base64 = Buffer.from(text).toString('base64').replace(/=+$/, '')
          expect(mayBeBase64(unitsOf(base64), 0, base64.length)).toBe(true)
        },
      ),
    )
  })
})

describe('findBlobs', () => {
  it('finds text in base64, in lines, and in hexadecimal', () => {
    const secret = 'the password of the day is hunter2, and tomorrow it will be another one altogether'
    const lines = Buffer.from(secret).toString('base64').replaceAll(/.{76}/g, '$&\r\n')
    const hex = Buffer.from('hunter2!').toString('hex')
    const found = findBlobs(foldedView(`x "${lines}" ${hex} ${hex.replaceAll(/..(?!$)/g, '$& ')}`))
    const shown = found.map(({ content }) => (content === 'too-large' ? content : content.text))
    expect(shown).toEqual([secret, 'hunter2!', 'hunter2!'])
  })
})
