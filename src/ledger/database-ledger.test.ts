import { createPrivateKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import { fixedClock } from '../lib/clock.ts'
import { newSigningKey } from './checkpoint.ts'
import { appendEntries, openDatabaseLedger } from './database-ledger.ts'
import type { LedgerDraft } from './entry.ts'
import { exportLedger } from './export-ledger.ts'
import { openContent, sealContent } from './sealed-content.ts'
import { openDatabaseDataKeys } from './stored-data-keys.ts'
import { verifyChain } from './verify-chain.ts'

const note = (text: string): LedgerDraft => ({
  kind: 'note',
  tenant: 'main',
  actor: 'user:alice',
  subject: 'case_1',
  body: { text, nested: { z: 1, a: [1.5, null, 'ü"\\'] } },
})

describe.each(databaseKinds)('the ledger in the %s database', kind => {
  let test: TestDatabase
  const clock = fixedClock(Date.parse('2026-03-01T10:00:00.123Z'))
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())

  it('keeps one chain when many append at once, and exports what verifies offline', async () => {
    const ledgers = Array.from({ length: 4 }, () => openDatabaseLedger(test.connect(), clock))
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => ledgers[i % 4]?.append([note(`${i}`), note(`${i}b`)])),
    )
    const by = { actor: 'user:bob', key: createPrivateKey(newSigningKey()), nowMs: clock.now() }
    const ledger = openDatabaseLedger(test.database, clock)
    const lines: string[] = []
    for await (const entry of exportLedger(ledger, { fromSeq: 1, toSeq: Number.POSITIVE_INFINITY }, by)) {
      lines.push(`${canonicalJson(entry)}\n`)
    }
    expect(verifyChain(lines.join(''))).toMatchObject({ ok: true, entries: 82 })
  })

  it('takes the transaction of its caller: an act that is rolled back leaves no record', async () => {
    const before = await openDatabaseLedger(test.database, clock).last()
    const failing = test.database.transaction(async sql => {
      await appendEntries(sql, [note('never')], clock.now())
      throw new Error('the act failed')
    })
    await expect(failing).rejects.toThrow('the act failed')
    expect(await openDatabaseLedger(test.database, clock).last()).toEqual(before)
  })

  it.each([
    "update ledger set body = '{}' where seq = 2",
    'delete from ledger where seq = 2',
    'truncate ledger',
  ])('refuses to %s', async statement => {
    await expect(test.database.query(statement)).rejects.toThrow(/append-only/)
  })

  it('keeps data keys wrapped, one for a case however many ask at once, and forgets an erased one', async () => {
    const masterKey = Buffer.alloc(32, 7)
    const keys = openDatabaseDataKeys(test.database, masterKey)
    const many = await Promise.all(Array.from({ length: 8 }, () => keys.keyOf('main', 'case_9')))
    expect(new Set(many.map(key => Buffer.from(key).toString('hex'))).size).toBe(1)
    const sealed = await sealContent(keys, 'main', 'case_9', 'the prompt')
    expect((await openContent(keys, 'main', 'case_9', sealed)).toString()).toBe('the prompt')
    await expect(openContent(keys, 'main', 'case_8', sealed)).rejects.toMatchObject({ code: 'cannot-open' })
    const other = openDatabaseDataKeys(test.database, Buffer.alloc(32, 8))
    await expect(other.keyOf('main', 'case_9')).rejects.toMatchObject({ code: 'cannot-open' })
    await keys.erase('main', 'case_9')
    await expect(openContent(keys, 'main', 'case_9', sealed)).rejects.toMatchObject({ code: 'key-erased' })
  })
})
