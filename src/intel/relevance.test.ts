import { expect, it } from 'vitest'
import { relevanceOf } from './relevance.ts'

const nothing = {
  sightings: 0,
  hosts: [],
  huntDone: true,
  indicators: 0,
  sharedVulnerabilities: [],
  exposedHosts: [],
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

it('says so where there is nothing to look for', () => {
  expect(relevanceOf(nothing)).toEqual({ answer: 'nothing-to-look-for', reasons: [] })
})
