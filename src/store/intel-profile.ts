import type { Sql } from '../lib/database.ts'

const digestCadences = ['off', 'daily', 'weekly'] as const

/** What the organisation is, and who gets the digest when. */
export interface IntelProfile {
  readonly sectors: readonly string[]
  readonly technologies: readonly string[]
  readonly cadence: (typeof digestCadences)[number]
  /** UTC, 0 to 23. */
  readonly hour: number
  readonly recipients: readonly string[]
}

export interface StoredProfile extends IntelProfile {
  readonly changedMs: number
  readonly queuedMs: number
  readonly sentMs: number | null
  readonly lastError: string | null
}

const unset: StoredProfile = {
  sectors: [],
  technologies: [],
  cadence: 'off',
  hour: 7,
  recipients: [],
  changedMs: 0,
  queuedMs: 0,
  sentMs: null,
  lastError: null,
}

/** The profile, or an empty one where nobody has written it. */
export async function readProfile(sql: Sql, tenant: string): Promise<StoredProfile> {
  const [row] = await sql.query<StoredProfile>(
    `select sectors, technologies, cadence, hour, recipients, changed_ms as "changedMs", queued_ms as "queuedMs",
       sent_ms as "sentMs", last_error as "lastError"
     from intel_profile where tenant_id = $1`,
    [tenant],
  )
  return row ?? unset
}

export async function writeProfile(
  sql: Sql,
  tenant: string,
  profile: IntelProfile,
  by: string,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into intel_profile (tenant_id, sectors, technologies, cadence, hour, recipients, changed_by, changed_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id) do update set sectors = excluded.sectors, technologies = excluded.technologies,
       cadence = excluded.cadence, hour = excluded.hour, recipients = excluded.recipients,
       changed_by = excluded.changed_by, changed_ms = excluded.changed_ms, last_error = null`,
    [
      tenant,
      profile.sectors,
      profile.technologies,
      profile.cadence,
      profile.hour,
      profile.recipients,
      by,
      nowMs,
    ],
  )
}

/** Marks a digest as queued; false where it, or a later one, was already. */
export async function markDigestQueued(sql: Sql, tenant: string, dueMs: number): Promise<boolean> {
  const rows = await sql.query(
    'update intel_profile set queued_ms = $2 where tenant_id = $1 and queued_ms < $2 returning 1',
    [tenant, dueMs],
  )
  return rows.length > 0
}

/** Keeps how sending went: when it was sent, or why not. */
export async function markDigestSent(
  sql: Sql,
  tenant: string,
  outcome: { readonly sentMs: number } | { readonly error: string },
): Promise<void> {
  await sql.query(
    `update intel_profile set sent_ms = coalesce($2, sent_ms), last_error = $3 where tenant_id = $1`,
    [
      tenant,
      'sentMs' in outcome ? outcome.sentMs : null,
      'error' in outcome ? outcome.error.slice(0, 500) : null,
    ],
  )
}
