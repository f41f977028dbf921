import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultsOf } from './inspect-document.ts'
import { normalizeLine } from './normalize-line.ts'

/** A text by whose look every part of the document is inspected. */
const suspicious = String.raw`\u`

describe('what later stages could not carry', () => {
  it('is found behind every way of writing it, though texts without an escape are not inspected', () => {
    const unit = fc.constantFrom(
      'a',
      'é',
      '\u2028',
      '\0',
      '\ud800',
      '\udc00',
      '\\',
      'u',
      '"',
      '{',
      '\u{1f600}',
    )
    const text = fc.oneof(fc.string({ unit, maxLength: 6 }), fc.constantFrom('__proto__', 'u0000', '\\u0000'))
    // An attacker may write any letter of a JSON text as an escape, in capitals or small letters.
    const escaped = (given: string) =>
      given.replace(/[_\0\ud800-\udfff]/g, letter => {
        return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`
      })
    const written = fc.tuple(text, text, fc.boolean()).map(([key, value, escapes]) => {
      const plain = `{${JSON.stringify(key)}:[${JSON.stringify(value)},1e999,{}]}`
      return Buffer.from(escapes ? escaped(plain) : plain).toString()
    })
    fc.assert(
      fc.property(written, json => {
        const document: unknown = JSON.parse(json)
        expect(faultsOf(document, json)).toEqual(faultsOf(document, suspicious))
      }),
      { numRuns: 3000, seed: 1 },
    )
  })
})

describe('what is remembered of agents', () => {
  it('never lends one alert the agent of another', () => {
    const name = fc.constantFrom('web', 'db', '')
    const agent = fc.record({
      id: fc.constantFrom('001', '002'),
      name,
      ip: fc.option(name, { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(agent, { minLength: 1, maxLength: 8 }), agents => {
        for (const each of agents) {
          const line = JSON.stringify({ id: '1.1', timestamp: 1, rule: { id: '1', level: 3 }, agent: each })
          const read = normalizeLine(Buffer.from(line), { where: 'here', receivedAtMs: 0 })
          expect(read.kind === 'alert' && read.alert.agent).toEqual(JSON.parse(JSON.stringify(each)))
        }
      }),
      { numRuns: 300, seed: 2 },
    )
  })
})
