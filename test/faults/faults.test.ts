import { expect, it } from 'vitest'
import { seededRandom } from '../../src/lib/seeded-random.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type FaultName, faults } from './faults.ts'

// Few of each here, the full counts in `npm run soak faults`.

const few: Readonly<Record<FaultName, number>> = {
  'process-kills': 4,
  'database-restarts': 2,
  'network-cuts': 1,
  'full-disk': 1,
  'clock-jumps': 3,
}

it.skipIf(!databaseKinds.includes('server')).each(Object.keys(few) as FaultName[])(
  'under load, %s lose no acknowledged alert, brief nothing twice, send nothing twice, and leave a ledger that verifies',
  async name => {
    const options = { times: few[name], random: seededRandom(7) }
    const facts = await faults[name](options, why => console.warn(`SKIPPED ${name}: ${why}`))
    if (facts === undefined) return
    expect(facts.lost).toEqual([])
    expect(facts.sentTwice).toEqual([])
    expect(facts).toMatchObject({ storedTwice: 0, miscounted: 0, briefedTwice: 0, unbriefed: 0 })
    expect(facts.ledger).toMatchObject({ ok: true })
    // All of it really happened.
    expect(facts.acknowledged).toBeGreaterThan(20)
    expect(facts.modelBriefs).toBeGreaterThan(0)
    expect(facts.actions).toBeGreaterThan(0)
  },
)
