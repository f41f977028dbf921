import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRule } from './read-rule.ts'

describe('a rule of Wazuh 4', () => {
  it('is read the same whatever alerts of the same rule said before', () => {
    const word = fc.constantFrom('a', 'b', ' a ', '')
    const list = fc.option(fc.oneof(word, fc.array(word, { maxLength: 3 })), { nil: undefined })
    const rule = fc.record({
      id: fc.constantFrom('1', '2'),
      level: fc.constantFrom(3, '3', 'high', 7),
      description: word,
      groups: list,
      mitre: fc.option(fc.record({ id: list, tactic: list, technique: list }), { nil: undefined }),
      firedtimes: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    })
    let fresh = 0
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 10 }), rules => {
        for (const each of rules) {
          // An id that no rule had: nothing can be remembered of it.
          const id = `fresh ${fresh++}`
          expect({ ...readRule(each), id }).toEqual(readRule({ ...each, id }))
        }
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('is given as the same objects when it comes again, and its counts are not', () => {
    const rule = { id: '5710', level: 5, description: 'x', groups: ['sshd'], mitre: { id: ['T1110'] } }
    const [first, second] = [1, 2].map(firedtimes => readRule(structuredClone({ ...rule, firedtimes })))
    expect(second?.groups).toBe(first?.groups)
    expect(second?.mitre).toBe(first?.mitre)
    expect([first?.firedTimes, second?.firedTimes]).toEqual([1, 2])
  })
})
