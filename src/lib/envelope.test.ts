import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openEnvelope, rewrapEnvelope, sealEnvelope } from './envelope.ts'

const oldKey = Buffer.alloc(32, 1)
const newKey = Buffer.alloc(32, 2)

it('gives back exactly what was sealed, under its own key and context only', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), secret => {
      const envelope = sealEnvelope(oldKey, secret, 'model a')
      expect(openEnvelope(oldKey, envelope, 'model a')).toBe(secret)
      expect(() => openEnvelope(newKey, envelope, 'model a')).toThrow(/cannot decrypt/)
      expect(() => openEnvelope(oldKey, envelope, 'model b')).toThrow(/cannot decrypt/)
    }),
    { numRuns: 50 },
  )
})

it('moves to another master key without touching the secret', () => {
  const moved = rewrapEnvelope(oldKey, newKey, sealEnvelope(oldKey, 'sk-123', 'model a'), 'model a')
  expect(openEnvelope(newKey, moved, 'model a')).toBe('sk-123')
  expect(() => openEnvelope(oldKey, moved, 'model a')).toThrow(/cannot decrypt/)
})

it.each(['', 'tocsin1', 'tocsin1.x', 'tocsin2.a.b', 'tocsin1.AAAA.BBBB', 'sk-plain-key'])(
  'refuses %j',
  text => {
    expect(() => openEnvelope(oldKey, text, 'model a')).toThrow()
  },
)

it('shows any change of a byte', () => {
  const envelope = sealEnvelope(oldKey, 'sk-123', 'model a')
  for (let at = 8; at < envelope.length; at += 7) {
    const other = envelope[at] === 'A' ? 'B' : 'A'
    const changed = envelope.slice(0, at) + other + envelope.slice(at + 1)
    expect(() => expect(openEnvelope(oldKey, changed, 'model a')).toBe('something else')).toThrow()
  }
})
