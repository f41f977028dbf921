import type { Role } from '../domain/role.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'

/** A setting that admins make in the console; `undefined` where none was made. The caller parses it. */
async function readAccountSetting(sql: Sql, tenant: string, name: string): Promise<Json | undefined> {
  const [row] = await sql.query<{ value: Json }>(
    'select value from account_settings where tenant_id = $1 and name = $2',
    [tenant, name],
  )
  return row?.value
}

export async function writeAccountSetting(
  sql: Sql,
  tenant: string,
  name: string,
  value: Json,
): Promise<void> {
  await sql.query(
    `insert into account_settings (tenant_id, name, value) values ($1, $2, $3)
     on conflict (tenant_id, name) do update set value = excluded.value`,
    [tenant, name, JSON.stringify(value)],
  )
}

/** The roles that admins have decided take a second factor. */
export async function secondFactorRoles(sql: Sql, tenant: string): Promise<readonly Role[]> {
  const value = await readAccountSetting(sql, tenant, 'second-factor-roles')
  return Array.isArray(value) ? (value as Role[]) : [] // Written by `writeAccountSetting` from a checked list.
}
