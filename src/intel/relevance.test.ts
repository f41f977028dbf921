import { expect, it } from 'vitest'
import { relevanceOf } from './relevance.ts'

const nothing = {
  sightings: 0,
  hosts: [],
  huntDone: true,
  indicators: 0,
  sharedVulnerabilities: [],
  exposedHosts: [],
  inventory: [],
  techniques: 0,
  techniquesSeen: 0,
}

it.each([
  [{ sightings: 3, hosts: ['web-01'], indicators: 4 }, 'seen-here', /3 of our alerts, on web-01\.$/],
  [{ indicators: 4, sharedVulnerabilities: ['CVE-2024-1'] }, 'exposed', /None of its 4/],
  [{ indicators: 4, huntDone: false }, 'no-sign-yet', /still running/],
  [{ techniques: 5, techniquesSeen: 2 }, 'no-sign-yet', /carried 2 of them, 3 never/],
])('%o', (facts, answer, reason) => {
  const relevance = relevanceOf({ ...nothing, ...facts })
  expect(relevance.answer).toBe(answer)
  expect(relevance.reasons[0]).toMatch(reason)
})

it('the inventory counts: weak packages, affected products, our own address', () => {
  const relevance = relevanceOf({
    ...nothing,
    inventory: [
      { kind: 'vulnerability', value: 'CVE-2024-1', host: 'web-01' },
      { kind: 'vulnerability', value: 'CVE-2024-1', host: 'web-02' },
      { kind: 'package', value: 'bear', host: 'db-01' },
      { kind: 'host', value: '203.0.113.9', host: 'mail-01' },
    ],
  })
  expect(relevance).toEqual({
    answer: 'exposed',
    reasons: [
      'It names 203.0.113.9, an address of our own: mail-01.',
      "Wazuh's inventory has CVE-2024-1 on 2 hosts: web-01, web-02.",
      'It calls bear affected, which is installed on 1 host: db-01; whether that version is, it does not tell.',
    ],
  })
})

it('says so where there is nothing to look for', () => {
  expect(relevanceOf(nothing)).toEqual({ answer: 'nothing-to-look-for', reasons: [] })
})
