import { expect, it } from 'vitest'
import { groupsNamed, mitigations, softwareNamed } from './attack-actors.ts'

it('finds groups and software by name or alias, in any case', () => {
  expect(groupsNamed('fancy bear').map(({ id }) => id)).toEqual(['G0007'])
  expect(softwareNamed('MIMIKATZ')).toMatchObject([{ id: 'S0002', kind: 'tool' }])
  expect(groupsNamed('')).toEqual([])
  expect(softwareNamed('constructor')).toEqual([])
})

it('knows mitigations', () => {
  expect(mitigations.find(({ id }) => id === 'M1032')?.name).toBe('Multi-factor Authentication')
})
