import type { Sql } from '../lib/database.ts'

export interface SavedViewRow {
  readonly id: string
  readonly name: string
  readonly query: string
  readonly shared: boolean
  readonly ownerId: string
  readonly username: string | null
  readonly displayName: string | null
}

/** One's own views and those that others share. */
export function listSavedViews(sql: Sql, tenant: string, userId: string): Promise<SavedViewRow[]> {
  return sql.query<SavedViewRow>(
    `select v.id, v.name, v.query, v.shared, v.owner_id as "ownerId", u.username, u.display_name as "displayName"
     from saved_views v left join users u on u.tenant_id = v.tenant_id and u.id = v.owner_id
     where v.tenant_id = $1 and (v.owner_id = $2 or v.shared) order by lower(v.name), v.id limit 500`,
    [tenant, userId],
  )
}

export async function insertSavedView(
  sql: Sql,
  tenant: string,
  view: Pick<SavedViewRow, 'id' | 'name' | 'query' | 'shared' | 'ownerId'>,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into saved_views (tenant_id, id, owner_id, name, query, shared, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, view.id, view.ownerId, view.name, view.query, view.shared, nowMs],
  )
}

/** Deletes a view of this owner; false when it is not theirs. */
export async function deleteSavedView(
  sql: Sql,
  tenant: string,
  ownerId: string,
  id: string,
): Promise<boolean> {
  const rows = await sql.query(
    'delete from saved_views where tenant_id = $1 and owner_id = $2 and id = $3 returning id',
    [tenant, ownerId, id],
  )
  return rows.length > 0
}
