import type { Sql } from '../lib/database.ts'

export interface PackVersion {
  readonly name: string
  readonly version: number
  readonly sha256: string
  readonly state: 'draft' | 'active' | 'retired'
  /** `RuleOutline`s, as the source declares them. */
  readonly rules: unknown
  readonly warnings: unknown
  /** How many files were scanned with it. */
  readonly scans: number
  readonly uploadedBy: string
  readonly uploadedMs: number
  readonly changedBy: string | null
  readonly changedMs: number | null
}

const columns = `name, version, sha256, state, rules, warnings, scans, uploaded_by as "uploadedBy",
  uploaded_ms as "uploadedMs", changed_by as "changedBy", changed_ms as "changedMs"`

/** Every version of every pack, by name, newest first. Without their sources. */
export async function listPacks(sql: Sql, tenant: string): Promise<PackVersion[]> {
  return sql.query<PackVersion>(
    `select ${columns} from yara_packs where tenant_id = $1 order by name, version desc limit 2000`,
    [tenant],
  )
}

export interface PackSource {
  readonly name: string
  readonly version: number
  readonly source: string
}

/** The active version of these packs, or of all. */
export async function activePacks(
  sql: Sql,
  tenant: string,
  names?: readonly string[],
): Promise<PackSource[]> {
  return sql.query<PackSource>(
    `select name, version, source from yara_packs
     where tenant_id = $1 and state = 'active' and ($2::text[] is null or name = any($2)) order by name`,
    [tenant, names ?? null],
  )
}

export async function packSource(
  sql: Sql,
  tenant: string,
  name: string,
  version: number,
): Promise<PackSource | undefined> {
  const [row] = await sql.query<PackSource>(
    'select name, version, source from yara_packs where tenant_id = $1 and name = $2 and version = $3',
    [tenant, name, version],
  )
  return row
}

/** Writes the next version of a pack, as a draft; returns its number. Two uploads of one name take turns. */
export async function insertPack(
  sql: Sql,
  tenant: string,
  pack: {
    readonly name: string
    readonly source: string
    readonly sha256: string
    readonly rules: unknown
    readonly warnings: unknown
    readonly by: string
  },
  nowMs: number,
): Promise<number> {
  await sql.query('select pg_advisory_xact_lock(hashtext($1))', [`yara-pack/${tenant}/${pack.name}`])
  const [row] = await sql.query<{ version: number }>(
    `insert into yara_packs (tenant_id, name, version, source, sha256, state, rules, warnings, uploaded_by, uploaded_ms)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4, 'draft', $5, $6, $7, $8 from yara_packs where tenant_id = $1 and name = $2
     returning version`,
    [
      tenant,
      pack.name,
      pack.source,
      pack.sha256,
      JSON.stringify(pack.rules),
      JSON.stringify(pack.warnings),
      pack.by,
      nowMs,
    ],
  )
  return row?.version ?? 0
}

/** Makes a version the active one of its name (the one before retires), or retires it. False where there is none. */
export async function setPackState(
  sql: Sql,
  tenant: string,
  change: {
    readonly name: string
    readonly version: number
    readonly state: 'active' | 'retired'
    readonly by: string
  },
  nowMs: number,
): Promise<boolean> {
  const { name, version, state, by } = change
  if ((await packSource(sql, tenant, name, version)) === undefined) return false
  if (state === 'active')
    await sql.query(
      `update yara_packs set state = 'retired', changed_by = $4, changed_ms = $5
       where tenant_id = $1 and name = $2 and version <> $3 and state = 'active'`,
      [tenant, name, version, by, nowMs],
    )
  const rows = await sql.query(
    `update yara_packs set state = $4, changed_by = $5, changed_ms = $6
     where tenant_id = $1 and name = $2 and version = $3 returning version`,
    [tenant, name, version, state, by, nowMs],
  )
  return rows.length === 1
}

export interface RuleMatches {
  readonly name: string
  readonly version: number
  readonly rule: string
  readonly matches: number
  readonly lastMatchMs: number
}

/** How often each rule of a pack matched. Rules that never did are not in it. */
export async function ruleMatches(
  sql: Sql,
  tenant: string,
  name: string,
  version: number,
): Promise<RuleMatches[]> {
  return sql.query<RuleMatches>(
    `select name, version, rule, matches, last_match_ms as "lastMatchMs" from yara_rule_matches
     where tenant_id = $1 and name = $2 and version = $3 order by matches desc, rule`,
    [tenant, name, version],
  )
}

/** Counts one scan with these packs, and what matched. */
export async function countScan(
  sql: Sql,
  tenant: string,
  packs: readonly { readonly name: string; readonly version: number }[],
  matches: readonly { readonly name: string; readonly version: number; readonly rule: string }[],
  nowMs: number,
): Promise<void> {
  for (const { name, version } of packs)
    await sql.query(
      'update yara_packs set scans = scans + 1 where tenant_id = $1 and name = $2 and version = $3',
      [tenant, name, version],
    )
  for (const { name, version, rule } of matches)
    await sql.query(
      `insert into yara_rule_matches (tenant_id, name, version, rule, matches, last_match_ms) values ($1, $2, $3, $4, 1, $5)
       on conflict (tenant_id, name, version, rule) do update set matches = yara_rule_matches.matches + 1, last_match_ms = excluded.last_match_ms`,
      [tenant, name, version, rule, nowMs],
    )
}

export interface ScanRow {
  readonly id: string
  readonly fileName: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly packs: readonly string[]
  readonly result: unknown
  readonly tookMs: number
  readonly byId: string
  readonly atMs: number
}

export async function insertScan(sql: Sql, tenant: string, scan: ScanRow): Promise<void> {
  await sql.query(
    `insert into yara_scans (tenant_id, id, file_name, sha256, size_bytes, packs, result, took_ms, by_id, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tenant,
      scan.id,
      scan.fileName,
      scan.sha256,
      scan.sizeBytes,
      scan.packs,
      JSON.stringify(scan.result),
      scan.tookMs,
      scan.byId,
      scan.atMs,
    ],
  )
}

/** The latest scans, newest first. */
export async function latestScans(sql: Sql, tenant: string, limit: number): Promise<ScanRow[]> {
  return sql.query<ScanRow>(
    `select id, file_name as "fileName", sha256, size_bytes as "sizeBytes", packs, result, took_ms as "tookMs",
       by_id as "byId", at_ms as "atMs"
     from yara_scans where tenant_id = $1 order by at_ms desc, id desc limit $2`,
    [tenant, limit],
  )
}

/** Active rules of these names, with the pack that holds them: what the server knows of a rule that an endpoint names. */
export async function rulesNamed(
  sql: Sql,
  tenant: string,
  rules: readonly string[],
): Promise<{ readonly name: string; readonly version: number; readonly outline: unknown }[]> {
  if (rules.length === 0) return []
  return sql.query(
    `select p.name, p.version, r as outline from yara_packs p, json_array_elements(p.rules) r
     where p.tenant_id = $1 and p.state = 'active' and r ->> 'name' = any($2) order by p.name limit 50`,
    [tenant, rules],
  )
}
