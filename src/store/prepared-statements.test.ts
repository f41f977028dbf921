import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import type { Sql } from '../lib/database.ts'
import { connectDatabase } from './connect.ts'
import { PreparedStatements } from './prepared-statements.ts'

const again = async (times: number, run: () => Promise<unknown>) => {
  for (let n = 0; n < times; n++) await run()
}

/** How a statement is kept by the connection that answers. */
const kept = (sql: Sql, statement: string) =>
  sql.query<{ name: string; custom: number; generic: number }>(
    `select name, custom_plans as custom, generic_plans as generic from pg_prepared_statements where statement = '${statement}'`,
  )

describe.each(databaseKinds)('statements that come again and again, on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
    await test.database.query('create table things (id int, name text)')
  })
  afterAll(() => test.close())

  it('are prepared after a while, and planned for what the tables hold now', async () => {
    const statement = `select name as ${kind} from things where id = $1` // Names are the process's.
    await test.database.transaction(async sql => {
      await again(15, () => sql.query(statement, [1]))
      expect(await kept(sql, statement)).toEqual([])
      await again(25, () => sql.query(statement, [1]))
      const [row] = await kept(sql, statement)
      expect(row?.custom).toBeGreaterThan(15)
      expect(row?.generic).toBe(0)
    })
  })

  it('give the rows of their own values', async () => {
    await test.database.query(`insert into things select n, 'thing ' || n from generate_series(1, 60) as n`)
    for (let id = 1; id <= 60; id++) {
      const rows = await test.database.query('select id, name from things where id = $1', [id])
      expect(rows).toEqual([{ id, name: `thing ${id}` }])
    }
  })

  it('leave texts alone that were made for one run', async () => {
    await test.database.transaction(async sql => {
      for (let n = 0; n < 100; n++) await sql.query(`select ${n}, $1::int`, [n])
      expect(await kept(sql, 'select 99, $1::int')).toEqual([])
    })
  })

  it('answer each role with its own rows, however often another has asked the same', async () => {
    await test.database.query(`create table owned (owner name, n int);
      insert into owned select role, n from unnest(array['${kind}_ann', '${kind}_bob']) role, generate_series(1, 3) n;
      alter table owned enable row level security;
      create policy own on owned using (owner = current_user);
      create role ${kind}_ann login password 'a'; create role ${kind}_bob login password 'a';
      grant select on owned to ${kind}_ann, ${kind}_bob; grant ${kind}_bob to ${kind}_ann`)
    const roles = ['ann', 'bob'].map(name => `${kind}_${name}`)
    const pools = roles.map(role =>
      connectDatabase({
        connection: { ...test.connection, user: role, password: 'a' },
        maxConnections: 2,
        onIdleError: () => {},
      }),
    )
    const owners = (sql: Sql) =>
      sql.query<{ owner: string }>('select distinct owner from owned where n > $1', [0])
    try {
      for (let n = 0; n < 30; n++)
        expect(await Promise.all(pools.map(owners))).toEqual(roles.map(owner => [{ owner }]))
      // Not even after a change of roles on one connection, which keeps what it has prepared.
      await pools[0]?.transaction(async sql => {
        for (const role of [roles[0], roles[1], roles[0]]) {
          await sql.query(`set local role ${role}`)
          for (let n = 0; n < 3; n++) expect(await owners(sql)).toEqual([{ owner: role }])
        }
        const names = await sql.query(
          `select from pg_prepared_statements where statement like '%from owned%' and generic_plans = 0`,
        )
        expect(names).toHaveLength(1)
      })
    } finally {
      await Promise.all(pools.map(pool => pool.close()))
    }
  })

  it('have names that say which they are, whichever comes first', () => {
    const [one, other] = [new PreparedStatements(), new PreparedStatements()]
    const named = (of: PreparedStatements, texts: readonly string[]) => {
      for (let n = 0; n < 30; n++) for (const text of texts) of.nameFor(text)
      return new Map(texts.map(text => [text, of.nameFor(text)]))
    }
    const [first, second] = [named(one, ['select $1', 'delete $1']), named(other, ['delete $1', 'select $1'])]
    expect(new Set(first.values()).size).toBe(2)
    for (const [text, name] of first) expect(second.get(text)).toBe(name)
    expect(Math.max(...[...first.values()].map(name => name?.length ?? 64))).toBeLessThan(64)
  })

  it('are tried again on another connection where a migration changed what they return', async () => {
    const read = () => test.database.transaction(sql => sql.query('select * from things where id = $1', [1]))
    await again(25, read)
    await test.database.query('alter table things add column colour text')
    let failures = 0
    for (let n = 0; n < 20; n++) {
      await read().catch(error => {
        failures++
        expect(error).toMatchObject({ code: 'database-conflict', retryable: true })
      })
    }
    expect(failures).toBeLessThan(18) // One for each connection that had it at most.
    expect(await read()).toEqual([{ id: 1, name: 'thing 1', colour: null }])
  })
})
