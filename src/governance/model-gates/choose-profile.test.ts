import { describe, expect, it } from 'vitest'
import { countingIds } from '../../lib/ids.ts'
import { chooseProfiles } from './choose-profile.ts'

describe('who is asked', () => {
  const models = [
    { name: 'a', profileId: 'pa', state: 'active' },
    { name: 'c', profileId: 'pc', state: 'canary' },
    { name: 's', profileId: 'ps', state: 'shadow' },
    { name: 'n', profileId: 'pn', state: 'candidate' },
    { name: 'r', profileId: 'pr', state: 'retired' },
  ] as const
  const ids = countingIds()
  const cases = Array.from({ length: 2000 }, () => ids.next('case'))

  it('a canary answers its share of the cases, always the same ones; nobody else is shown', () => {
    const first = cases.map(id => chooseProfiles(models, id, 10, undefined))
    const share = first.filter(chosen => chosen[0]?.name === 'c').length / cases.length
    expect(share).toBeGreaterThan(0.08)
    expect(share).toBeLessThan(0.12)
    expect(cases.map(id => chooseProfiles(models, id, 10, undefined))).toEqual(first)
    expect(new Set(first.flat().map(({ name }) => name))).toEqual(new Set(['a', 'c']))
  })

  it('a shadow is asked by its id alone, and no other can be', () => {
    expect(chooseProfiles(models, 'x', 10, 'ps')).toMatchObject([{ name: 's', role: 'shadow' }])
    for (const id of ['pa', 'pc', 'pn', 'pr', 'none']) expect(chooseProfiles(models, 'x', 10, id)).toEqual([])
  })
})
