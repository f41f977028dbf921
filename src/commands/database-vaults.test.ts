import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { emptyInventory } from '../domain/inventory.ts'
import { fixedClock } from '../lib/clock.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import { reveal } from '../redact/reveal.ts'
import { dropExpiredVaults } from '../store/vaults.ts'
import { databaseVaults } from './database-vaults.ts'

const scope = { tenant: 'acme', caseId: 'case-1' }
const rules = redactionRules({ ...emptyInventory, hosts: ['srv1', 'srv2', 'srv3', 'srv4'] })

describe('vaults in the database', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())

  const open = (key = Buffer.alloc(32, 1), clock = fixedClock(1_000)) =>
    databaseVaults({ database: test.database, key, clock, random: randomBytes, daysKept: 30 })
  const redactIn = (text: string) =>
    open().change(scope.tenant, scope.caseId, vault => redact(text, vault, rules).text)

  it('keep every placeholder when many change one vault at a time', async () => {
    const hosts = ['srv1', 'srv2', 'srv3', 'srv4', 'SRV1', 'Srv2']
    const texts = await Promise.all(hosts.map(redactIn))
    expect(new Set(texts).size).toBe(hosts.length)
    const vault = await open().read(scope)
    expect(texts.map(text => reveal(text, vault))).toEqual(hosts)
  })

  it('hold no value and no case name in clear, and nothing for another key or case', async () => {
    const rows = await test.database.query('select * from vaults')
    expect(JSON.stringify(rows)).not.toMatch(/srv1|case-1/i)
    expect((await open().read({ ...scope, caseId: 'case-2' })).size).toBe(0)
    expect((await open(Buffer.alloc(32, 2)).read(scope)).size).toBe(0)
  })

  it('expire and can be erased', async () => {
    const later = fixedClock(1_000 + 31 * 24 * 3_600_000)
    await expect(open(undefined, later).read(scope)).rejects.toMatchObject({ code: 'vault-expired' })
    expect(await open().erase(scope)).toBe(true)
    expect((await open().read(scope)).size).toBe(0)
    await redactIn('srv1')
    expect(await dropExpiredVaults(test.database, later.now())).toBe(1)
  })
})
