import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterNames, filterText, listQueryOf, parseFilterText, toggled } from './queue-filter.ts'

describe('the search line', () => {
  const cases: [string, Record<string, string>, number][] = [
    ['', {}, 0],
    ['failed logon', { text: 'failed logon' }, 0],
    ['severity:high,critical host:web-01', { severity: 'high,critical', host: 'web-01' }, 0],
    ['severity:high severity:low', { severity: 'high,low' }, 0],
    ['host:"web 01" ssh', { host: 'web 01', text: 'ssh' }, 0],
    ['severity:huge', { text: 'severity:huge' }, 1],
    ['colour:red x', { text: 'colour:red x' }, 1],
    ['since:24h', { since: '24h' }, 0],
    ['since:soon', { text: 'since:soon' }, 1],
    ['203.0.113.9 C:\\Windows', { text: '203.0.113.9 C:\\Windows' }, 0],
    ['__proto__:x', { text: '__proto__:x' }, 0],
    ['constructor:x', { text: 'constructor:x' }, 1],
  ]
  for (const [line, values, problems] of cases)
    it(`reads ${JSON.stringify(line)}`, () => {
      const read = parseFilterText(line)
      expect(read.values).toEqual(values)
      expect(read.problems).toHaveLength(problems)
    })

  it('reads back what it writes', () => {
    const value = fc.stringMatching(/^[a-z0-9.-]+( [a-z0-9.-]+)?$/)
    fc.assert(
      fc.property(fc.record({ host: value, user: value, technique: value }, { requiredKeys: [] }), values => {
        expect(parseFilterText(filterText(values)).values).toEqual(values)
      }),
      { numRuns: 200 },
    )
  })

  it('never throws and never loses a word', () => {
    fc.assert(
      fc.property(fc.string(), line => {
        const { values } = parseFilterText(line)
        for (const name of Object.keys(values)) expect([...Object.keys(filterNames), 'text']).toContain(name)
      }),
      { numRuns: 300 },
    )
  })
})

describe('listQueryOf', () => {
  it('shows what still needs somebody unless a status is asked for', () => {
    expect(listQueryOf({}, 0)).toEqual({ status: ['open', 'in-progress'] })
    expect(listQueryOf({ status: 'all' }, 0)).toEqual({})
    expect(listQueryOf({ status: 'closed', since: '2h', proposed: 'undetermined' }, 10_000_000)).toEqual({
      status: ['closed'],
      fromMs: 2_800_000,
      proposedVerdict: ['undetermined'],
    })
  })
})

describe('toggled', () => {
  it('turns values on and off', () => {
    expect(toggled(undefined, 'high', true)).toBe('high')
    expect(toggled('high', 'low', true)).toBe('high,low')
    expect(toggled('high,low', 'high', false)).toBe('low')
    expect(toggled('high', 'high', false)).toBeUndefined()
  })
})
