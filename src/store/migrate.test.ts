import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { fixedClock } from '../lib/clock.ts'
import { migrate, migrateIn, migrationNames } from './migrate.ts'

describe.each(databaseKinds)('migrations on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())

  it('are applied once, also when several processes start at the same moment', async () => {
    await test.database.query('drop schema public cascade; create schema public')
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(test.connect())))
    expect(applied.filter(names => names.length > 0)).toHaveLength(1)
    expect(await migrate(test.database)).toEqual([])
  })

  it('leave nothing behind when one fails', async () => {
    await test.database.query('drop schema public cascade; create schema public; create table cases (id int)')
    await expect(migrate(test.database)).rejects.toMatchObject({ code: 'database-failed' })
    const tables = await test.database.query(`select tablename from pg_tables where schemaname = 'public'`)
    expect(tables).toEqual([{ tablename: 'cases' }])
    await test.database.query('drop schema public cascade; create schema public')
    expect(await migrate(test.database)).not.toEqual([])
  })

  it('refuse a database of a newer version', async () => {
    await test.database.query(`insert into migrations (name) values ('9999-from-the-future.sql')`)
    await expect(migrate(test.database)).rejects.toMatchObject({ code: 'schema-too-new' })
    await test.database.query(`delete from migrations where name = '9999-from-the-future.sql'`)
  })

  it('upgrade a schema once where several new versions start at the same moment, and each goes on', async () => {
    await test.database.query('drop schema public cascade; create schema public')
    const names = await migrationNames()
    const before = names.filter(name => name < '0220')
    await test.database.transaction(sql => migrateIn(sql, before))
    const clock = fixedClock(1_770_000_000_000)
    const line = (number: number) =>
      wazuhLine({ id: `1770000000.${number}`, atMs: clock.now(), rule: ['5710', 5, 'r', ['sshd']] })
    await newIngest(test.connect(), clock)([line(0)])
    // Each start migrates, and works as soon as it has.
    const starts = await Promise.all(
      [1, 2, 3].map(async number => {
        const database = test.connect()
        const applied = await migrate(database)
        const receipt = await newIngest(database, clock)([line(number)])
        return { applied, stored: receipt.stored }
      }),
    )
    expect(starts.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([
      0,
      0,
      names.length - before.length,
    ])
    expect(starts.map(({ stored }) => stored)).toEqual([1, 1, 1])
    const rows = await test.database.query<{ name: string }>('select name from migrations order by name')
    expect(rows.map(({ name }) => name)).toEqual(names)
    const [row] = await test.database.query<{ count: number }>('select count(*) as count from alerts')
    expect(row?.count).toBe(4)
  })

  it('upgrade a schema with data in it while alerts go on coming in: none is lost, and nobody sees an error', async () => {
    await test.database.query('drop schema public cascade; create schema public')
    const names = await migrationNames()
    // The oldest schema that today's ingest can write to; whole versions meet in test/faults/upgrade.test.ts.
    const before = names.filter(name => name < '0220')
    await test.database.transaction(sql => migrateIn(sql, before))
    const clock = fixedClock(1_770_000_000_000)
    const ingest = newIngest(test.connect(), clock)
    let sent = 0
    const send = async () => {
      const lines = Array.from({ length: 10 }, () =>
        wazuhLine({
          id: `1770000000.${sent++}`,
          atMs: clock.now(),
          host: `h${sent % 5}`,
          rule: ['5710', 5, 'r', ['sshd']],
        }),
      )
      await ingest(lines)
    }
    await send()
    let going = true
    const writer = (async () => {
      while (going) await send()
    })()
    const applied = await migrate(test.connect())
    going = false
    await writer
    await send()
    expect([...before, ...applied]).toEqual(names)
    const [row] = await test.database.query<{ count: number }>('select count(*) as count from alerts')
    expect(row?.count).toBe(sent)
  })
})
