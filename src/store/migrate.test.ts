import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { migrate } from './migrate.ts'

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
})
