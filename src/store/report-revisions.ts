import type { Sql } from '../lib/database.ts'
import { insertMentions, type ReportDraft, type ReportRevision } from './intel-reports.ts'

/** The report that follows this document of a source, where there is one. */
export async function reportOfDocument(
  sql: Sql,
  tenant: string,
  source: string,
  document: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(
    'select id from intel_reports where tenant_id = $1 and source = $2 and document = $3 for update',
    [tenant, source, document],
  )
  return row?.id
}

/** So many of each are named in a revision; all are counted. */
const mostNamed = 100

/**
 * Puts a document's new version in the old one's place: text, extract and mentions are the new ones, what a model said of the
 * old text goes. Live indicators that neither this report nor another names any more are withdrawn; a person's decision about
 * one stays. Returns the indicators that are new in it.
 */
export async function reviseReport(
  sql: Sql,
  tenant: string,
  report: ReportDraft,
): Promise<{ readonly revision: ReportRevision; readonly fresh: readonly (readonly [string, string])[] }> {
  const { id, indicators, createdMs: nowMs } = report
  const before = await sql.query<{ type: string; value: string }>(
    'delete from intel_mentions where tenant_id = $1 and report_id = $2 returning type, value',
    [tenant, id],
  )
  await insertMentions(sql, tenant, id, indicators, nowMs)
  const key = ({ type, value }: { readonly type: string; readonly value: string }) => `${type} ${value}`
  const old = new Set(before.map(key))
  const current = new Set(indicators.map(key))
  const fresh = indicators.filter(each => !old.has(key(each)))
  const gone = before.filter(each => !current.has(key(each)))
  await sql.query(
    `delete from intel_indicators i using unnest($2::text[], $3::text[]) as g (type, value)
     where i.tenant_id = $1 and i.type = g.type and i.value = g.value and i.status = 'live'
       and not exists (select from intel_mentions m where m.tenant_id = $1 and m.type = g.type and m.value = g.value)`,
    [tenant, gone.map(({ type }) => type), gone.map(({ value }) => value)],
  )
  const pairs = (list: readonly { readonly type: string; readonly value: string }[]) =>
    list.map(({ type, value }) => [type, value] as const)
  const revision: ReportRevision = {
    added: pairs(fresh.slice(0, mostNamed)),
    removed: pairs(gone.slice(0, mostNamed)),
    addedCount: fresh.length,
    removedCount: gone.length,
  }
  await sql.query(
    `update intel_reports set name = $3, title = $4, url = $5, trust = $6, tlp = $7, format = $8, sha256 = $9,
       text_sha256 = $10, text = $11, extract = $12::json, indicator_count = $13, technique_ids = $14, context = null,
       revised_ms = $15, revision = $16::json
     where tenant_id = $1 and id = $2`,
    [
      tenant,
      id,
      report.name,
      report.title,
      report.url,
      report.trust,
      report.tlp,
      report.format,
      report.sha256,
      report.textSha256,
      report.text,
      JSON.stringify(report.extract),
      indicators.length,
      report.techniqueIds,
      nowMs,
      JSON.stringify(revision),
    ],
  )
  return { revision, fresh: pairs(fresh) }
}
