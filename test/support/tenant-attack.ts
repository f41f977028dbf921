import { expect } from 'vitest'
import type { OpenDatabase } from '../../src/store/connect.ts'
import { columnsOf, dropChecks, madeUpRow } from './made-up-row.ts'

// One tenant tries everything against another. The tables come from the catalogue: a new one is attacked without anybody
// having to think of it.

export interface TenantAttack {
  readonly owner: OpenDatabase
  /** Signed in as the role of the tenant `id`. */
  readonly tenant: OpenDatabase
  readonly id: string
  readonly other: string
  /** By table, its column that says whose a row is; each holds rows of both. */
  readonly tables: ReadonlyMap<string, string>
}

/** All of it. */
export async function attackAsTenant(attack: TenantAttack): Promise<void> {
  await readOthers(attack)
  await changeOthers(attack)
  await insertForOthers(attack)
  await leavePolicies(attack)
}

/** By table, its column that says whose a row is. */
export async function tenantColumns(owner: OpenDatabase): Promise<ReadonlyMap<string, string>> {
  const rows = await owner.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and (a.attname = 'tenant_id' or (a.attname = 'tenant' and c.relname in ('ledger', 'data_keys')))
       and not a.attisdropped`,
  )
  return new Map(rows.map(row => [row.table, row.column]))
}

/** What PostgreSQL says of a statement that must not work. */
export async function refusal(
  on: OpenDatabase,
  text: string,
  values: readonly unknown[] = [],
): Promise<string> {
  try {
    await on.query(text, values)
    return 'done'
  } catch (error) {
    return String((error as Error).message)
  }
}
export const denied = /permission denied|row-level security|must be owner|42501/

/** It sees its own rows of every table and no others, though it asks for the others by name. */
export async function readOthers({ tenant, id, other, tables }: TenantAttack): Promise<void> {
  for (const [table, column] of tables) {
    const own = await tenant.query<{ whose: string }>(`select "${column}" as whose from "${table}"`)
    // Entries of the ledger without a tenant open and close it; they tell nothing of anybody.
    const whose = own.map(row => row.whose).filter(each => each !== '')
    expect([table, new Set(whose)]).toEqual([table, new Set([id])])
    const theirs = await tenant.query(`select from "${table}" where "${column}" = '${other}'`)
    expect([table, theirs.length]).toEqual([table, 0])
  }
}

/** It changes and deletes nothing of the other's, in any table. */
export async function changeOthers({ owner, tenant, other, tables }: TenantAttack): Promise<void> {
  for (const [table, column] of tables) {
    const before = await owner.query(`select * from "${table}" where "${column}" = '${other}'`)
    for (const text of [
      `update "${table}" set "${column}" = "${column}" where "${column}" = '${other}'`,
      `delete from "${table}" where "${column}" = '${other}'`,
    ]) {
      const said = await refusal(tenant, text)
      if (said !== 'done') expect(said).toMatch(denied)
    }
    expect([table, await refusal(tenant, `update "${table}" set "${column}" = '${other}'`)]).toEqual([
      table,
      expect.stringMatching(denied),
    ])
    expect([table, await refusal(tenant, `truncate "${table}"`)]).toEqual([
      table,
      expect.stringMatching(denied),
    ])
    const after = await owner.query(`select * from "${table}" where "${column}" = '${other}'`)
    expect([table, after]).toEqual([table, before])
    expect(before.length).toBeGreaterThan(0)
  }
}

/** It puts nothing into the other's, in any table. */
export async function insertForOthers({ owner, tenant, other, tables }: TenantAttack): Promise<void> {
  for (const [table, column] of tables) {
    const columns = await columnsOf(owner, table)
    const { text, values } = madeUpRow(columns, { [column]: other }, `smuggled of ${other}`)
    expect([table, await refusal(tenant, text, values)]).toEqual([table, expect.stringMatching(denied)])
  }
}

/** There is no way in SQL to leave the policies. */
export async function leavePolicies({ owner, tenant, id, other }: TenantAttack): Promise<void> {
  const [otherRole] = await owner.query<{ role: string }>(
    `select role::text from tenants where id = '${other}'`,
  )
  for (const text of [
    'set role tocsin',
    `set role "${otherRole?.role}"`,
    'set session authorization tocsin',
    `set session authorization "${otherRole?.role}"`,
    'alter table cases disable row level security',
    'drop policy tenant on cases',
    'create policy mine on cases using (true)',
    'create table public.mine (id text)',
    'create function public.mine() returns int language sql as $$ select 1 $$',
    `create or replace function tocsin_tenant() returns text language sql as $$ select $x$${other}$x$ $$`,
    'select * from tenants',
    'select * from hold_ups',
    'delete from hold_ups',
    `alter role "${otherRole?.role}" nologin`,
    'alter role current_user connection limit -1',
    'select rolpassword from pg_authid',
    `copy cases to program 'cat'`,
    `alter role "${otherRole?.role}" password 'x'`,
    'create role another superuser',
    `insert into migrations (name) values ('x')`,
    'delete from migrations',
    'update ledger set kind = kind',
    'delete from ledger',
  ])
    expect([text, await refusal(tenant, text)]).toEqual([
      text,
      expect.stringMatching(/permission denied|must be owner|row-level security|cannot|must be superuser/),
    ])
  // Without the policies there is an error, never more rows; a table or a path of one's own leads the function nowhere.
  expect(await refusal(tenant, 'set row_security = off; select * from cases')).toMatch(/row-level security/)
  await tenant.query('set row_security = on')
  await tenant.transaction(async sql => {
    await sql.query(
      'create temporary table tenants on commit drop as select $1::text as id, session_user as role',
      [other],
    )
    await sql.query('set local search_path = pg_temp, public')
    expect(await sql.query('select tocsin_tenant() as tenant')).toEqual([{ tenant: id }])
    const rows = await sql.query<{ tenant_id: string }>('select distinct tenant_id from public.cases')
    expect(rows).toEqual([{ tenant_id: id }])
  })
}

/** At least one row for each tenant in each table. Keys to other tables and checks are in the way of made-up values. */
export async function fillEveryTable(
  owner: OpenDatabase,
  tables: ReadonlyMap<string, string>,
  tenants: readonly string[],
): Promise<void> {
  await dropChecks(owner)
  for (const [table, column] of tables) {
    const columns = await columnsOf(owner, table)
    for (const [index, tenant] of tenants.entries()) {
      const { text, values } = madeUpRow(columns, { [column]: tenant }, `row of ${tenant}`)
      // The ledger's key is its number.
      const distinct = values.map((value, at) => (columns[at]?.name === 'seq' ? String(index + 1) : value))
      await owner.query(`${text} on conflict do nothing`, distinct)
    }
  }
}
