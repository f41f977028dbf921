import type { Sql } from '../lib/database.ts'

export interface FactorRow {
  readonly id: string
  readonly userId: string
  readonly kind: 'totp' | 'passkey'
  readonly name: string
  readonly createdMs: number
  readonly confirmedMs: number | null
  readonly lastUsedMs: number | null
  /** Of a TOTP. */
  readonly sealedSecret: string | null
  /** The four of a passkey. */
  readonly credentialId: string | null
  readonly publicKey: Buffer | null
  readonly signCount: number | null
  readonly transports: string[] | null
}

const columns = `id, user_id as "userId", kind, name, created_ms as "createdMs", confirmed_ms as "confirmedMs",
  last_used_ms as "lastUsedMs", sealed_secret as "sealedSecret", credential_id as "credentialId",
  public_key as "publicKey", sign_count as "signCount", transports`

/** Returns false where this passkey is known already. */
export async function insertFactor(sql: Sql, tenant: string, factor: FactorRow): Promise<boolean> {
  const rows = await sql.query(
    `insert into second_factors (tenant_id, id, user_id, kind, name, created_ms, confirmed_ms, sealed_secret,
       credential_id, public_key, sign_count, transports)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning id`,
    [
      tenant,
      factor.id,
      factor.userId,
      factor.kind,
      factor.name,
      factor.createdMs,
      factor.confirmedMs,
      factor.sealedSecret,
      factor.credentialId,
      factor.publicKey,
      factor.signCount,
      factor.transports,
    ],
  )
  return rows.length > 0
}

/** All of a person, with those that are not confirmed yet. */
export function factorsOfUser(sql: Sql, tenant: string, userId: string): Promise<FactorRow[]> {
  return sql.query<FactorRow>(
    `select ${columns} from second_factors where tenant_id = $1 and user_id = $2 order by created_ms, id`,
    [tenant, userId],
  )
}

export async function passkeyByCredential(
  sql: Sql,
  tenant: string,
  credentialId: string,
): Promise<FactorRow | undefined> {
  const [row] = await sql.query<FactorRow>(
    `select ${columns} from second_factors where tenant_id = $1 and credential_id = $2`,
    [tenant, credentialId],
  )
  return row
}

/**
 * Marks a code's time step as used, and the secret as confirmed. False where this step, or a newer one, was used before:
 * of two requests with one code, one gets `true`.
 */
export async function spendTotpStep(
  sql: Sql,
  tenant: string,
  id: string,
  step: number,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update second_factors set last_step = $3, last_used_ms = $4, confirmed_ms = coalesce(confirmed_ms, $4)
     where tenant_id = $1 and id = $2 and (last_step is null or last_step < $3) returning id`,
    [tenant, id, step, nowMs],
  )
  return rows.length > 0
}

/** Notes a passkey's counter. False where it has not grown: the key may have been copied (WebAuthn 3, 6.1.1). */
export async function markPasskeyUsed(
  sql: Sql,
  tenant: string,
  id: string,
  signCount: number,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update second_factors set sign_count = $3, last_used_ms = $4
     where tenant_id = $1 and id = $2 and (sign_count < $3 or (sign_count = 0 and $3 = 0)) returning id`,
    [tenant, id, signCount, nowMs],
  )
  return rows.length > 0
}

/** Takes a factor from its user; false where it is not theirs. */
export async function deleteFactor(sql: Sql, tenant: string, userId: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from second_factors where tenant_id = $1 and user_id = $2 and id = $3 returning id',
    [tenant, userId, id],
  )
  return rows.length > 0
}

/** Secrets that were shown and never confirmed: a new attempt takes their place. */
export async function deleteUnconfirmed(sql: Sql, tenant: string, userId: string): Promise<void> {
  await sql.query(
    'delete from second_factors where tenant_id = $1 and user_id = $2 and confirmed_ms is null',
    [tenant, userId],
  )
}

/** Takes every factor and recovery code of a person away. */
export async function deleteFactorsOf(sql: Sql, tenant: string, userId: string): Promise<void> {
  await sql.query('delete from second_factors where tenant_id = $1 and user_id = $2', [tenant, userId])
  await sql.query('delete from recovery_codes where tenant_id = $1 and user_id = $2', [tenant, userId])
}

/** These codes from now on, and no older ones. */
export async function replaceRecoveryCodes(
  sql: Sql,
  tenant: string,
  userId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await sql.query('delete from recovery_codes where tenant_id = $1 and user_id = $2', [tenant, userId])
  await sql.query(
    'insert into recovery_codes (tenant_id, user_id, code_hash) select $1, $2, unnest($3::bytea[])',
    [tenant, userId, hashes],
  )
}

/** Uses a code up; false where there is none or it was used. */
export async function spendRecoveryCode(
  sql: Sql,
  tenant: string,
  userId: string,
  hash: Buffer,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update recovery_codes set used_ms = $4
     where tenant_id = $1 and user_id = $2 and code_hash = $3 and used_ms is null returning used_ms`,
    [tenant, userId, hash, nowMs],
  )
  return rows.length > 0
}

/** How many recovery codes of this user are left. */
export async function countRecoveryCodes(sql: Sql, tenant: string, userId: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*) as count from recovery_codes where tenant_id = $1 and user_id = $2 and used_ms is null',
    [tenant, userId],
  )
  return row?.count ?? 0
}
