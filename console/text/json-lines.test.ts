import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonLines, linesOf } from './json-lines.ts'

/** The laid-out text again as one string. */
function written(text: string): string | undefined {
  return jsonLines(text)
    ?.map(line => `${line.key === undefined ? '' : `${line.key}:`}${line.text}${line.comma ? ',' : ''}`)
    .join('')
}

describe('jsonLines', () => {
  it('keeps what parsing would lose', () => {
    const text = '{"id":12345678901234567890,"n":1.50,"a":1,"a":2,"__proto__":{"x":[]},"s":"\\u202e"}'
    expect(written(text)).toBe(text)
  })

  it('names each value by its pointer', () => {
    const lines = jsonLines('{"rule":{"mitre":{"id":["T1110","T1078"]},"a/b~c":1}}') ?? []
    expect(lines.filter(line => line.kind !== 'close').map(line => line.pointer)).toEqual([
      '',
      '/rule',
      '/rule/mitre',
      '/rule/mitre/id',
      '/rule/mitre/id/0',
      '/rule/mitre/id/1',
      '/rule/a~1b~0c',
    ])
    expect(linesOf(lines, '/rule/mitre/id')).toEqual({ first: 3, last: 6 })
  })

  it('finds a field of an alert inside an indexer hit', () => {
    const lines = jsonLines('{"_id":"x","_source":{"rule":{"level":10}}}') ?? []
    const found = linesOf(lines, '/rule/level')
    expect(found && lines[found.first]?.text).toBe('10')
    expect(linesOf(lines, '/nowhere')).toBeUndefined()
  })

  it('says no to what is not JSON', () => {
    for (const text of ['', '{', '{"a"}', '[1,]', '{"a":1,}', '1 2', 'nul', '{a:1}', '["\n'])
      expect(jsonLines(text), text).toBeUndefined()
  })

  it('lays out 10,000 levels and stops at its limit', () => {
    expect(jsonLines(`${'['.repeat(10_000)}1${']'.repeat(10_000)}`)).toHaveLength(20_001)
    expect(jsonLines(JSON.stringify(Array(100).fill(1)), 50)).toBeUndefined()
  })

  it('loses nothing of any JSON', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        expect(written(text)).toBe(JSON.stringify(JSON.parse(text)) === text ? text : written(text))
        expect(jsonLines(text)).toBeDefined()
      }),
      { numRuns: 300 },
    )
  })
})
