import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/lib/seeded-random.ts'
import { runMalformed } from './run-malformed.ts'

it('malformed mails break nothing, and evidence stays within the message', () => {
  expect(runMalformed(1_500, seededRandom(5)).faults).toEqual([])
})
