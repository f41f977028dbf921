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

describe('rows that are copied in', () => {
  /** As long as anybody takes them. */
  function* rows() {
    for (;;) yield Buffer.from('row\n'.repeat(1000))
  }
  const copy = (chunks: Iterable<Buffer>) =>
    test.database.transaction(sql => sql.copyIn('copy steps (name) from stdin', chunks))
  const stillWorks = async () => {
    await copy([Buffer.from('after all\n')])
    return test.database.query(`select name from steps where name in ('row', 'after all')`)
  }

  it('are refused in the middle by a disk that is full: nothing of them stays, and all goes on', async () => {
    await test.database.query(`create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger refuse before insert on steps for each row when (new.name = 'row') execute function refuse()`)
    for (let time = 0; time < 3; time++)
      await expect(copy(rows())).rejects.toMatchObject({
        code: 'database-unavailable',
        retryable: true,
        message: expect.stringMatching(
          /the disk of the database is full: .* once there is room: .*\(53100\)/,
        ),
      })
    await test.database.query('drop trigger refuse on steps')
    expect(await stillWorks()).toEqual([{ name: 'after all' }])
    await test.database.query(`delete from steps where name = 'after all'`)
  })

  it('are left half by a connection that ends: nothing of them stays, and all goes on', async () => {
    await test.database.query(`create function leave() returns trigger language plpgsql as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
      create trigger leave before insert on steps for each row when (new.name = 'row') execute function leave()`)
    for (let time = 0; time < 3; time++)
      await expect(copy(rows())).rejects.toMatchObject({ code: 'database-unavailable', retryable: true })
    await test.database.query('drop trigger leave on steps')
    expect(await stillWorks()).toEqual([{ name: 'after all' }])
    await test.database.query(`delete from steps where name = 'after all'`)
  })

  it('end early where whoever makes them fails: nothing of them stays, and all goes on', async () => {
    function* failing() {
      yield Buffer.from('row\n')
      throw new Error('a fault of the program')
    }
    await expect(copy(failing())).rejects.toThrow('a fault of the program')
    expect(await stillWorks()).toEqual([{ name: 'after all' }])
  })
})
