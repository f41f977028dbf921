import { randomBytes } from 'node:crypto'
import { tenantIdPattern } from '../domain/tenant-id.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'

// Tenants that share a database are kept apart by PostgreSQL itself: each has a login role that owns nothing, and a
// policy on every table compares the row's tenant with the role that signed in. A mistake in our code, or a statement
// that somebody smuggles in, finds no other tenant's rows.

export interface Tenant {
  readonly id: string
  readonly name: string
  /** As which its processes sign in to the database. */
  readonly role: string
  readonly createdMs: number
}

export function listTenants(sql: Sql): Promise<Tenant[]> {
  return sql.query<Tenant>('select id, name, role::text, created_ms as "createdMs" from tenants order by id')
}

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** As which a tenant's processes sign in, told once. */
export interface TenantSignIn {
  readonly id: string
  readonly role: string
  readonly password: string
}

/**
 * Makes a tenant and its role, and guards every table. Needs the right to create roles, and to be run as the owner of
 * the tables. Throws `tenant-exists`, `no-right-to-create-roles`.
 */
export async function addTenant(
  sql: Sql,
  tenant: { readonly id: string; readonly name: string; readonly password: string },
  nowMs: number,
): Promise<Tenant> {
  const { id, name, password } = tenant
  if (!tenantIdPattern.test(id))
    throw new AppError('bad-usage', `a tenant is called as ${tenantIdPattern}, not '${id}'`)
  const role = await makeRole(sql, id, password)
  const rows = await sql.query(
    'insert into tenants (id, name, role, created_ms) values ($1, $2, $3, $4) on conflict (id) do nothing returning id',
    [id, name, role, nowMs],
  )
  if (rows.length === 0) throw new AppError('tenant-exists', `there is a tenant '${id}' already`)
  await guardTables(sql)
  return { id, name, role, createdMs: nowMs }
}

/**
 * After a restore: the rows of tenants are there, and their roles are another server's. Each gets a role here, with a new
 * password, and every table is guarded as when the tenant was added. Nothing where there are no tenants.
 */
export async function remakeTenantRoles(sql: Sql, newPassword: () => string): Promise<TenantSignIn[]> {
  // A backup may be of before there were tenants.
  const [there] = await sql.query(`select where to_regclass('tenants') is not null`)
  if (there === undefined) return []
  // Nobody has the new password yet. Nor did an older schema suspend.
  const [suspends] = await sql.query(`select where to_regclass('hold_ups') is not null`)
  if (suspends !== undefined) await sql.query('update tenants set suspended_ms = null')
  const made: TenantSignIn[] = []
  for (const { id } of await listTenants(sql)) {
    const password = newPassword()
    const role = await makeRole(sql, id, password)
    await sql.query('update tenants set role = $2 where id = $1', [id, role])
    made.push({ id, role, password })
  }
  await guardTables(sql)
  return made
}

/** In place of a password that was lost, or that others know. Who is signed in stays so. Throws `no-such-tenant`. */
export async function changeTenantPassword(sql: Sql, id: string, password: string): Promise<TenantSignIn> {
  const { role } = await tenantOf(sql, id)
  await sql.query(`alter role ${identifier(role)} password ${literal(password)}`)
  return { id, role, password }
}

/** A login role that owns nothing and may nothing yet. Roles are the server's, which may hold several installations. */
async function makeRole(sql: Sql, id: string, password: string): Promise<string> {
  const [place] = await sql.query<{ database: string; user: string; may: boolean }>(
    `select current_database() as database, rolname as user, rolsuper or rolcreaterole as may
     from pg_roles where rolname = current_user`,
  )
  if (!place?.may)
    throw new AppError(
      'no-right-to-create-roles',
      `each tenant has a role in PostgreSQL, and ${place?.user} may not make one: alter role "${place?.user}" createrole`,
    )
  const name = `tocsin-${place.database}-${id}`.slice(0, 63)
  const taken = await sql.query('select from pg_roles where rolname = $1', [name])
  // Whose it is cannot be told: another installation's, or one that a dropped database left behind. It is never taken over.
  const role = taken.length === 0 ? name : `${name.slice(0, 54)}-${randomBytes(4).toString('hex')}`
  await sql.query(
    `create role ${identifier(role)} login password ${literal(password)}
     nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication`,
  )
  return role
}

/**
 * Bounds what a tenant's role can take of the server: two thirds of the connections at most, until the owner says otherwise. The
 * owner becomes a member of the role, without which it could not end a session of it (migration 0361).
 */
async function boundRole(sql: Sql, role: string): Promise<void> {
  const [found] = await sql.query<{ limit: number; member: boolean; most: number }>(
    `select rolconnlimit as limit, pg_has_role(current_user, oid, 'usage') as member,
       greatest(20, (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int) * 2 / 3) as most
     from pg_roles where rolname = $1`,
    [role],
  )
  if (found === undefined) return
  // An owner that did not make the role may not be let (PostgreSQL 16 and later): no reason to stop an update. `tenant list` says so.
  const quietly = (statement: string) =>
    sql.query(
      `do $do$ begin execute ${literal(statement)}; exception when insufficient_privilege then null; end $do$`,
    )
  if (found.limit === -1) await quietly(connectionLimit(role, found.most))
  if (!found.member) await quietly(`grant ${identifier(role)} to current_user`)
}

const connectionLimit = (role: string, most: number) =>
  `alter role ${identifier(role)} connection limit ${Math.trunc(most)}`

/** How many connections a tenant's processes may have together. Throws `no-such-tenant`. */
export async function changeTenantConnections(sql: Sql, id: string, most: number): Promise<void> {
  await sql.query(connectionLimit((await tenantOf(sql, id)).role, most))
}

/** Lets a tenant's role sign in again that was suspended for holding others up. Throws `no-such-tenant`. */
export async function resumeTenant(sql: Sql, id: string): Promise<void> {
  const { role } = await tenantOf(sql, id)
  await sql.query(`alter role ${identifier(role)} login`)
  await sql.query('update tenants set suspended_ms = null where id = $1', [id])
  await sql.query('delete from hold_ups where tenant = $1', [id])
}

async function tenantOf(sql: Sql, id: string): Promise<Tenant> {
  const tenant = (await listTenants(sql)).find(each => each.id === id)
  if (tenant === undefined) throw new AppError('no-such-tenant', `there is no tenant '${id}'`)
  return tenant
}

/** Tables whose rows are not told apart by a column `tenant_id`, each with what a tenant may see and do. */
const special: Readonly<
  Record<string, { readonly using: string; readonly check: string; readonly grant: string } | 'out of reach'>
> = {
  // Entries without a tenant open and close the ledger; they tell nothing of anybody.
  ledger: {
    using: `tenant in ((select tocsin_tenant()), '')`,
    // Nor may one take a number so high that nobody finds a next one.
    check: `tenant in ((select tocsin_tenant()), '') and seq <= coalesce((select seq from ledger_head()), 0) + 1000000`,
    grant: 'select, insert',
  },
  data_keys: {
    using: 'tenant = (select tocsin_tenant())',
    check: 'tenant = (select tocsin_tenant())',
    grant: 'select, insert, update, delete',
  },
  // What only one process at a time does for a tenant ends with the tenant's id.
  leases: {
    using: `right(name, length((select tocsin_tenant())) + 1) = ':' || (select tocsin_tenant())`,
    check: `right(name, length((select tocsin_tenant())) + 1) = ':' || (select tocsin_tenant())`,
    grant: 'select, insert, update, delete',
  },
  migrations: { using: 'true', check: 'false', grant: 'select' },
  tenants: 'out of reach',
  hold_ups: 'out of reach',
}

const ownRows = {
  using: 'tenant_id = (select tocsin_tenant())',
  check: 'tenant_id = (select tocsin_tenant())',
  grant: 'select, insert, update, delete',
}

interface Table {
  readonly name: string
  readonly schema: string
  readonly ofTenant: boolean
}

function tablesIn(sql: Sql): Promise<Table[]> {
  return sql.query<Table>(
    `select c.relname as name, n.nspname as schema, exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull and not a.attisdropped
     ) as "ofTenant"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition order by c.relname`,
  )
}

/**
 * Puts the policy on every table, and gives the tenants' roles their rights; again after each change of the schema.
 * Nothing where there are no tenants. Throws `table-without-tenant` for a table that nobody has decided about.
 */
export async function guardTables(sql: Sql): Promise<void> {
  const tenants = await listTenants(sql)
  if (tenants.length === 0) return
  for (const { role } of tenants) await boundRole(sql, role)
  const roles = tenants.map(({ role }) => identifier(role)).join(', ')
  const tables = await tablesIn(sql)
  for (const table of tables) {
    const rule = special[table.name] ?? (table.ofTenant ? ownRows : undefined)
    const name = `${identifier(table.schema)}.${identifier(table.name)}`
    if (rule === undefined)
      throw new AppError(
        'table-without-tenant',
        `the table ${table.name} has no column tenant_id, and src/store/tenants.ts does not say what a tenant may see of it`,
      )
    await sql.query(`revoke all on ${name} from public, ${roles}`)
    await sql.query(`alter table ${name} enable row level security`)
    await sql.query(`drop policy if exists tenant on ${name}`)
    if (rule === 'out of reach') continue
    await sql.query(
      `create policy tenant on ${name} for all to ${roles} using (${rule.using}) with check (${rule.check})`,
    )
    await sql.query(`grant ${rule.grant} on ${name} to ${roles}`)
  }
  const [first] = tables
  if (first === undefined) return
  await sql.query(`revoke create on schema ${identifier(first.schema)} from public, ${roles}`)
  await sql.query(`grant usage on schema ${identifier(first.schema)} to ${roles}`)
}

/**
 * Makes sure that this connection is bound to `tenant`: it signed in as the tenant's role, which can neither leave the
 * policies nor become another. Throws `tenant-not-bound`.
 */
export async function checkBoundTo(sql: Sql, tenant: string): Promise<void> {
  const [row] = await sql.query<{ tenant: string | null; powers: boolean; owner: boolean; member: boolean }>(
    `select tocsin_tenant() as tenant, r.rolsuper or r.rolbypassrls or r.rolcreaterole as powers,
       exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = current_schema()::regnamespace) as owner,
       exists (select from pg_auth_members m where m.member = r.oid) as member
     from pg_roles r where r.rolname = session_user`,
  )
  if (row?.tenant !== tenant)
    throw new AppError(
      'tenant-not-bound',
      `DATABASE_URL does not sign in as tenant '${tenant}' (${row?.tenant ?? 'no tenant'}): use what 'tocsin tenant add ${tenant}' printed`,
    )
  if (row.powers || row.owner || row.member)
    throw new AppError(
      'tenant-not-bound',
      `the database role of tenant '${tenant}' could reach other tenants (superuser, bypassrls, createrole, owner or member of another role): take that from it`,
    )
}

/** Makes sure that a process that works for no tenant may: there are none. Throws `tenant-not-bound`. */
export async function checkWithoutTenants(sql: Sql): Promise<void> {
  if ((await listTenants(sql)).length > 0)
    throw new AppError(
      'tenant-not-bound',
      `this database has tenants: a process works for one of them, with TOCSIN_TENANT and the DATABASE_URL that 'tocsin tenant add' printed`,
    )
}
