import type { ModelState } from '../domain/model-state.ts'
import type { Sql } from '../lib/database.ts'

/** What a profile is made of: whatever changes an answer. */
export interface ProfileContent {
  readonly provider: string
  readonly model: string
  readonly zone: string
  readonly settings: { readonly [name: string]: string | number | boolean | null }
  readonly prompts: Readonly<Record<string, string>>
  readonly policy: string
  readonly knowledge: string
}

export interface StoredProfile {
  readonly id: string
  readonly name: string
  readonly content: ProfileContent
  readonly state: ModelState
  readonly sinceMs: number
  readonly createdMs: number
  readonly seenMs: number
}

const columns = `id, name, content, state, since_ms as "sinceMs", created_ms as "createdMs", seen_ms as "seenMs"`

export function listProfiles(sql: Sql, tenant: string): Promise<StoredProfile[]> {
  return sql.query(
    `select ${columns} from model_profiles where tenant_id = $1 order by created_ms desc, id`,
    [tenant],
  )
}

/** A profile with the lock that keeps its state until the transaction ends. */
export async function lockProfile(sql: Sql, tenant: string, id: string): Promise<StoredProfile | undefined> {
  const [row] = await sql.query<StoredProfile>(
    `select ${columns} from model_profiles where tenant_id = $1 and id = $2 for update`,
    [tenant, id],
  )
  return row
}

/** Makes a profile known, or notes that it is still set up. Returns whether it is new. */
export async function seeProfile(
  sql: Sql,
  tenant: string,
  profile: Pick<StoredProfile, 'id' | 'name' | 'content' | 'state'>,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query<{ fresh: boolean }>(
    `insert into model_profiles as p (tenant_id, id, name, content, state, since_ms, created_ms, seen_ms)
     values ($1, $2, $3, $4, $5, $6, $6, $6)
     on conflict (tenant_id, id) do update set name = excluded.name, seen_ms = excluded.seen_ms
     returning created_ms = seen_ms as fresh`,
    [tenant, profile.id, profile.name, JSON.stringify(profile.content), profile.state, nowMs],
  )
  return rows[0]?.fresh ?? false
}

export async function setProfileState(
  sql: Sql,
  tenant: string,
  id: string,
  state: ModelState,
  nowMs: number,
): Promise<void> {
  await sql.query('update model_profiles set state = $3, since_ms = $4 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    state,
    nowMs,
  ])
}

/** One change of state, as the change log keeps it. */
export interface ModelMove {
  readonly id: string
  readonly profileId: string
  readonly from: ModelState | null
  readonly to: ModelState
  /** Null: the watch, by itself. */
  readonly byId: string | null
  readonly reason: string
  readonly gate: unknown
  readonly atMs: number
}

export async function addMove(sql: Sql, tenant: string, move: ModelMove): Promise<void> {
  await sql.query(
    `insert into model_moves (tenant_id, id, profile_id, from_state, to_state, by_id, reason, gate, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      move.id,
      move.profileId,
      move.from,
      move.to,
      move.byId,
      move.reason,
      JSON.stringify(move.gate),
      move.atMs,
    ],
  )
}

/** Newest first. */
export function listMoves(sql: Sql, tenant: string, limit: number, profileId?: string): Promise<ModelMove[]> {
  return sql.query(
    `select id, profile_id as "profileId", from_state as "from", to_state as "to", by_id as "byId", reason, gate,
       at_ms as "atMs"
     from model_moves where tenant_id = $1 and ($3::text is null or profile_id = $3) order by at_ms desc, id desc limit $2`,
    [tenant, limit, profileId ?? null],
  )
}
