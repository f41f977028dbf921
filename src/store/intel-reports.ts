import type { Indicator } from '../domain/indicator.ts'
import type { Sql } from '../lib/database.ts'

/** A report to be stored. `extract` is whatever is shown of it. */
export interface ReportDraft {
  readonly id: string
  readonly name: string
  readonly title: string | null
  readonly url: string | null
  readonly source: string
  readonly trust: string
  readonly tlp: string | null
  readonly format: string
  readonly sha256: string
  readonly textSha256: string
  readonly text: string
  readonly extract: unknown
  readonly indicators: readonly Indicator[]
  readonly techniqueIds: readonly string[]
  readonly addedBy: string | null
  /** The document within its source that the report follows, version by version. */
  readonly document: string | null
  readonly createdMs: number
}

/** A report in a list. */
export interface ReportRow {
  readonly id: string
  readonly name: string
  readonly title: string | null
  readonly url: string | null
  readonly source: string
  readonly trust: string
  readonly tlp: string | null
  readonly format: string
  readonly indicatorCount: number
  readonly sightingCount: number
  readonly techniqueIds: readonly string[]
  readonly createdMs: number
  /** When its document last changed. */
  readonly revisedMs: number | null
}

export interface StoredReport extends ReportRow {
  readonly text: string
  readonly extract: unknown
  /** What a model said, or why none did; null before. */
  readonly context: unknown
  readonly revision: ReportRevision | null
}

/** What the newest version of a report's document brought and took away. */
export interface ReportRevision {
  /** The first of each. */
  readonly added: readonly (readonly [type: string, value: string])[]
  readonly removed: readonly (readonly [type: string, value: string])[]
  readonly addedCount: number
  readonly removedCount: number
}

export interface MentionRow {
  readonly type: string
  readonly value: string
  readonly offset: number
  readonly defanged: boolean
  readonly role: string
  readonly confidence: number
  readonly status: string
  readonly statusReason: string | null
  /** When it was last reported or seen here: it ages from then on. */
  readonly lastMs: number
  readonly reportCount: number
  readonly sightingCount: number
}

const columns = `r.id, r.name, r.title, r.url, r.source, r.trust, r.tlp, r.format,
  r.indicator_count as "indicatorCount", r.technique_ids as "techniqueIds", r.created_ms as "createdMs", r.revised_ms as "revisedMs",
  (select count(distinct s.alert_key) from intel_mentions m
     join intel_sightings s on s.tenant_id = m.tenant_id and s.type = m.type and s.value = m.value
     where m.tenant_id = r.tenant_id and m.report_id = r.id and m.type <> 'cve') as "sightingCount"`

/** The id of the report with this text, where there is one already: the same text from two feeds is one report. */
export async function reportWithText(
  sql: Sql,
  tenant: string,
  textSha256: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(
    'select id from intel_reports where tenant_id = $1 and text_sha256 = $2',
    [tenant, textSha256],
  )
  return row?.id
}

/** Stores a report with what it mentions. */
export async function insertReport(sql: Sql, tenant: string, report: ReportDraft): Promise<void> {
  await sql.query(
    `insert into intel_reports (tenant_id, id, name, title, url, source, trust, tlp, format, sha256, text_sha256, text,
       extract, indicator_count, technique_ids, added_by, document, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::json, $14, $15, $16, $17, $18)`,
    [
      tenant,
      report.id,
      report.name,
      report.title,
      report.url,
      report.source,
      report.trust,
      report.tlp,
      report.format,
      report.sha256,
      report.textSha256,
      report.text,
      JSON.stringify(report.extract),
      report.indicators.length,
      report.techniqueIds,
      report.addedBy,
      report.document,
      report.createdMs,
    ],
  )
  await insertMentions(sql, tenant, report.id, report.indicators, report.createdMs)
}

/** Stores what a report mentions, and its indicators as live ones unless a person said otherwise before. */
export async function insertMentions(
  sql: Sql,
  tenant: string,
  reportId: string,
  indicators: readonly Indicator[],
  nowMs: number,
): Promise<void> {
  const types = indicators.map(({ type }) => type)
  const values = indicators.map(({ value }) => value)
  const confidences = indicators.map(({ confidence }) => confidence)
  await sql.query(
    `insert into intel_mentions (tenant_id, report_id, type, value, text_offset, defanged, role, confidence)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::int[], $6::boolean[], $7::text[], $8::real[])`,
    [
      tenant,
      reportId,
      types,
      values,
      indicators.map(({ offset }) => offset),
      indicators.map(({ defanged }) => defanged),
      indicators.map(({ role }) => role),
      confidences,
    ],
  )
  await sql.query(
    `insert into intel_indicators as i (tenant_id, type, value, confidence, first_reported_ms, last_reported_ms)
     select $1, t, v, c, $5, $5 from unnest($2::text[], $3::text[], $4::real[]) as n (t, v, c)
     on conflict (tenant_id, type, value) do update
       set confidence = greatest(i.confidence, excluded.confidence),
         last_reported_ms = greatest(i.last_reported_ms, excluded.last_reported_ms)`,
    [tenant, types, values, confidences, nowMs],
  )
}

/** The newest reports, or those before a place in the list. */
export function listReports(
  sql: Sql,
  tenant: string,
  before: { readonly createdMs: number; readonly id: string } | undefined,
  limit: number,
): Promise<ReportRow[]> {
  return sql.query<ReportRow>(
    `select ${columns} from intel_reports r
     where r.tenant_id = $1 and ($2::bigint is null or (r.created_ms, r.id) < ($2, $3))
     order by r.created_ms desc, r.id desc limit $4`,
    [tenant, before?.createdMs ?? null, before?.id ?? '', limit],
  )
}

export async function readReport(sql: Sql, tenant: string, id: string): Promise<StoredReport | undefined> {
  const [row] = await sql.query<StoredReport>(
    `select ${columns}, r.text, r.extract, r.context, r.revision from intel_reports r where r.tenant_id = $1 and r.id = $2`,
    [tenant, id],
  )
  return row
}

/** The indicators of a report, in the order of the text, with what became of them. */
export function mentionsOf(sql: Sql, tenant: string, reportId: string): Promise<MentionRow[]> {
  return sql.query<MentionRow>(
    `select m.type, m.value, m.text_offset as offset, m.defanged, m.role, m.confidence, i.status, i.status_reason as "statusReason",
       greatest(i.last_reported_ms, i.last_sighted_ms) as "lastMs",
       (select count(*) from intel_mentions o
          where o.tenant_id = m.tenant_id and o.type = m.type and o.value = m.value) as "reportCount",
       (select count(*) from intel_sightings s
          where s.tenant_id = m.tenant_id and s.type = m.type and s.value = m.value) as "sightingCount"
     from intel_mentions m
     join intel_indicators i on i.tenant_id = m.tenant_id and i.type = m.type and i.value = m.value
     where m.tenant_id = $1 and m.report_id = $2 order by m.text_offset, m.type, m.value`,
    [tenant, reportId],
  )
}

/** Keeps what a model said of a report. The techniques that it chose count as the report's, beside those that code found likely. */
export async function writeContext(
  sql: Sql,
  tenant: string,
  id: string,
  context: unknown,
  chosen: readonly string[] = [],
): Promise<void> {
  await sql.query(
    `update intel_reports set context = $3::json,
       technique_ids = technique_ids || array(select c from unnest($4::text[]) as c where c <> all (technique_ids))
     where tenant_id = $1 and id = $2`,
    [tenant, id, JSON.stringify(context), [...new Set(chosen)]],
  )
}

/** How many reports describe each technique. */
export function techniqueCounts(sql: Sql, tenant: string): Promise<{ id: string; reports: number }[]> {
  return sql.query(
    `select t.id, count(*) as reports from intel_reports r, unnest(r.technique_ids) as t (id)
     where r.tenant_id = $1 group by t.id order by count(*) desc, t.id`,
    [tenant],
  )
}

/**
 * How many alerts carry each technique, by our rules' own mapping. An alert with a sub-technique (`T1110.001`) carries the
 * technique above it too; `own` counts those that name the technique itself.
 */
export function alertTechniqueCounts(
  sql: Sql,
  tenant: string,
): Promise<{ id: string; alerts: number; own: number }[]> {
  return sql.query(
    `select t.id, count(*) as alerts, count(*) filter (where t.id = any(a.techniques)) as own
     from alerts a, lateral (
       select distinct each.id from unnest(a.techniques) as u (id), lateral (values (u.id), (split_part(u.id, '.', 1))) as each (id)
     ) as t
     where a.tenant_id = $1 group by t.id order by count(*) desc, t.id`,
    [tenant],
  )
}

/** Deletes a report with its mentions, and the live indicators that no other report names. */
export async function deleteReport(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    `with gone as (delete from intel_reports where tenant_id = $1 and id = $2 returning id),
       orphans as (
         delete from intel_indicators i using intel_mentions m
         where m.tenant_id = $1 and m.report_id = $2 and i.tenant_id = $1 and i.type = m.type and i.value = m.value
           and i.status = 'live'
           and not exists (select from intel_mentions o where o.tenant_id = $1 and o.type = m.type
             and o.value = m.value and o.report_id <> $2)
       )
     select id from gone`,
    [tenant, id],
  )
  return rows.length > 0
}

/** The reports that name an indicator, newest first. `value` as `intel/` folds it. */
export function indicatorMentions(
  sql: Sql,
  tenant: string,
  value: string,
  limit: number,
): Promise<
  { reportId: string; title: string; type: string; role: string; confidence: number; reportedMs: number }[]
> {
  return sql.query(
    `select m.report_id as "reportId", coalesce(r.title, r.name) as title, m.type, m.role, m.confidence,
       r.created_ms as "reportedMs"
     from intel_mentions m join intel_reports r on r.tenant_id = m.tenant_id and r.id = m.report_id
     where m.tenant_id = $1 and lower(m.value) = $2 order by r.created_ms desc, m.report_id limit $3`,
    [tenant, value, limit],
  )
}

/** A report as a digest ranks it: with the CVEs that it shares with our alerts, and which words of a list stand in it. */
export interface DigestRow extends ReportRow {
  readonly sharedVulnerabilities: readonly string[]
  readonly words: readonly string[]
}

/** The reports since a time. `words`: names of sectors and technologies, found as whole words in any case. */
export function digestReports(
  sql: Sql,
  tenant: string,
  sinceMs: number,
  words: readonly string[],
  limit: number,
): Promise<DigestRow[]> {
  return sql.query<DigestRow>(
    `select ${columns},
       array(select distinct m.value from intel_mentions m
          join intel_sightings s on s.tenant_id = m.tenant_id and s.type = m.type and s.value = m.value
          where m.tenant_id = r.tenant_id and m.report_id = r.id and m.type = 'cve'
        union select v.value from intel_inventory v
          where v.tenant_id = r.tenant_id and v.report_id = r.id and v.kind = 'vulnerability' order by 1) as "sharedVulnerabilities",
       array(select w.word from unnest($3::text[], $4::text[]) as w (word, pattern)
          where coalesce(r.title, '') || ' ' || r.text ~* w.pattern) as words
     from intel_reports r where r.tenant_id = $1 and coalesce(r.revised_ms, r.created_ms) >= $2
     order by r.created_ms desc, r.id desc limit $5`,
    [tenant, sinceMs, words, words.map(wholeWord), limit],
  )
}

/** PostgreSQL's regular expression for a word or name as it is written. */
function wholeWord(word: string): string {
  return `(?<![[:alnum:]])${word.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')}(?![[:alnum:]])`
}

/** An alert that names a vulnerability which a report names too, as it was stored. */
export interface ExposureRow {
  readonly cve: string
  readonly alertKey: string
  readonly caseId: string
  readonly agentName: string
  readonly alertMs: number
  readonly raw: string
}

/** Our own alerts about the vulnerabilities that a report names, newest first. */
export function exposureAlerts(
  sql: Sql,
  tenant: string,
  reportId: string,
  limit: number,
): Promise<ExposureRow[]> {
  return sql.query<ExposureRow>(
    `select s.value as cve, a.key as "alertKey", a.case_id as "caseId", a.agent_name as "agentName",
       a.timestamp_ms as "alertMs", a.raw
     from intel_mentions m
     join intel_sightings s on s.tenant_id = m.tenant_id and s.type = m.type and s.value = m.value
     join alerts a on a.tenant_id = s.tenant_id and a.key = s.alert_key
     where m.tenant_id = $1 and m.report_id = $2 and m.type = 'cve'
     order by a.timestamp_ms desc, a.key limit $3`,
    [tenant, reportId, limit],
  )
}
