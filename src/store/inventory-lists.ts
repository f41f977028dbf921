import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import type { Sql } from '../lib/database.ts'

/** Which list of the inventory a list adds to. */
export type InventoryKind = keyof Inventory

export interface InventoryListRow {
  readonly name: string
  readonly kind: InventoryKind
  readonly entryCount: number
  readonly updatedBy: string
  readonly updatedMs: number
}

const columns = `name, kind, entry_count as "entryCount", updated_by as "updatedBy", updated_ms as "updatedMs"`

export function listInventoryLists(sql: Sql, tenant: string): Promise<InventoryListRow[]> {
  return sql.query<InventoryListRow>(
    `select ${columns} from inventory_lists where tenant_id = $1 order by name`,
    [tenant],
  )
}

/** One list with its entries; `undefined` where there is none of this name. */
export async function readInventoryList(
  sql: Sql,
  tenant: string,
  name: string,
): Promise<(InventoryListRow & { readonly entries: readonly string[] }) | undefined> {
  const rows = await sql.query<InventoryListRow & { entries: string[] }>(
    `select ${columns}, entries from inventory_lists where tenant_id = $1 and name = $2`,
    [tenant, name],
  )
  return rows[0]
}

/** Stores a list in place of the one of the same name. Returns whether there was one. */
export async function putInventoryList(
  sql: Sql,
  tenant: string,
  list: { readonly name: string; readonly kind: InventoryKind; readonly entries: readonly string[] },
  by: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query<{ replaced: boolean }>(
    `with before as (select 1 from inventory_lists where tenant_id = $1 and name = $2)
     insert into inventory_lists (tenant_id, name, kind, entries, entry_count, updated_by, updated_ms)
     values ($1, $2, $3, $4::json, $5, $6, $7)
     on conflict (tenant_id, name) do update set kind = excluded.kind, entries = excluded.entries,
       entry_count = excluded.entry_count, updated_by = excluded.updated_by, updated_ms = excluded.updated_ms
     returning exists (select from before) as replaced`,
    [tenant, list.name, list.kind, JSON.stringify(list.entries), list.entries.length, by, nowMs],
  )
  return rows[0]?.replaced ?? false
}

/** Removes a list; false where there was none. */
export async function deleteInventoryList(sql: Sql, tenant: string, name: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from inventory_lists where tenant_id = $1 and name = $2 returning name',
    [tenant, name],
  )
  return rows.length > 0
}

/** Changes whenever a list does. */
export async function inventoryListsVersion(sql: Sql, tenant: string): Promise<string> {
  const rows = await sql.query<{ version: string }>(
    `select coalesce(string_agg(name || ' ' || updated_ms || ' ' || entry_count, ',' order by name), '') as version
     from inventory_lists where tenant_id = $1`,
    [tenant],
  )
  return rows[0]?.version ?? ''
}

/** All lists as one inventory. */
export async function readUploadedInventory(sql: Sql, tenant: string): Promise<Inventory> {
  const rows = await sql.query<{ kind: InventoryKind; entries: string[] }>(
    'select kind, entries from inventory_lists where tenant_id = $1 order by name',
    [tenant],
  )
  const joined: Record<InventoryKind, string[]> = {
    hosts: [],
    users: [],
    domains: [],
    addresses: [],
    groups: [],
    terms: [],
  }
  for (const { kind, entries } of rows) {
    if (Object.hasOwn(emptyInventory, kind)) joined[kind] = joined[kind].concat(entries)
  }
  return joined
}
