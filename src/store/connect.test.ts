import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import type { Sql } from '../lib/database.ts'

let test: TestDatabase

beforeAll(async () => {
  test = await openTestDatabase()
  await test.database.query('create table steps (at int generated always as identity, name text not null)')
})
afterAll(() => test.close())

describe('a transaction', () => {
  it('does statements that are asked for at once one by one, in that order', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `step ${index}`)
    await test.database.transaction(async sql => {
      await Promise.all(names.map(name => sql.query('insert into steps (name) values ($1)', [name])))
    })
    const rows = await test.database.query<{ name: string }>('select name from steps order by at')
    expect(rows.map(row => row.name)).toEqual(names)
  })

  it('keeps nothing when one of them fails, whichever it was, and leaves a connection that works', async () => {
    const add = (name: string | null) => ['insert into steps (name) values ($1)', [name]] as const
    const run = test.database.transaction(sql =>
      Promise.all([add('before'), add(null), add('after'), add('later')].map(each => sql.query(...each))),
    )
    await expect(run).rejects.toThrow(/null value/)
    const [row] = await test.database.query<{ kept: number }>(
      `select count(*) as kept from steps where name in ('before', 'after', 'later')`,
    )
    expect(row?.kept).toBe(0)
  })

  it('takes nothing after its end, and waits for what was asked for before', async () => {
    const add = (sql: Sql, name: string) => sql.query('insert into steps (name) values ($1)', [name])
    let kept: Sql | undefined
    const failed = test.database.transaction(async sql => {
      kept = sql
      await Promise.all([add(sql, 'pending'), Promise.reject(new Error('a fault of the program'))])
    })
    await expect(failed).rejects.toThrow('a fault of the program')
    await expect(kept && add(kept, 'late')).rejects.toThrow('the transaction is over')
    const rows = await test.database.query(`select name from steps where name in ('pending', 'late')`)
    expect(rows).toEqual([])
  })
})
