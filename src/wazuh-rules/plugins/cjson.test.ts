import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CJson, parseCJson, printCJson } from './cjson.ts'

function plain(value: CJson | undefined): unknown {
  if (!value) return undefined
  switch (value.kind) {
    case 'string':
      return Buffer.from(value.text, 'latin1').toString('utf8')
    case 'number':
      return value.value
    case 'array':
      return value.items.map(plain)
    case 'object':
      return Object.fromEntries(
        value.members.map(([name, member]) => [Buffer.from(name, 'latin1').toString('utf8'), plain(member)]),
      )
    default:
      return { true: true, false: false, null: null }[value.kind]
  }
}

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

describe('JSON as cJSON reads it', () => {
  it('agrees with JSON.parse on JSON', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).filter(value => !JSON.stringify(value).includes('__proto__'))
    fc.assert(
      fc.property(json, value => {
        const text = JSON.stringify(value)
        expect(plain(parseCJson(bytes(text)))).toEqual(JSON.parse(text))
        const parsed = parseCJson(bytes(text))
        if (parsed) expect(plain(parseCJson(printCJson(parsed)))).toEqual(JSON.parse(text))
      }),
      { numRuns: 200 },
    )
  })

  it('takes what JSON.parse does not', () => {
    expect(plain(parseCJson('{"a":1} trailing'))).toEqual({ a: 1 })
    expect(plain(parseCJson('{"a":"x\ty"}'))).toEqual({ a: 'x\ty' })
    expect(plain(parseCJson('[01]'))).toEqual([1])
  })

  it.each(['', '{', '{"a"}', '[1,]', '{"a":1,}', '"\\q"', '"\\ud800"', "{'a':1}", '['.repeat(2000)])(
    'refuses %.10s',
    text => {
      expect(parseCJson(text)).toBeUndefined()
    },
  )

  it('prints with tabs in objects and spaces in arrays', () => {
    const value = parseCJson('[1,{"a":"x","b":[]}]')
    expect(value && printCJson(value)).toBe('[1, {\n\t\t"a":\t"x",\n\t\t"b":\t[]\n\t}]')
  })
})
