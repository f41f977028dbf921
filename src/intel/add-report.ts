import { createHash } from 'node:crypto'
import { contextJob, historyJob, huntJob, inventoryJob } from '../domain/job-kinds.ts'
import { ageing } from '../indicators/indicator-decay.ts'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import { enqueue } from '../queue/jobs.ts'
import { insertHistoryHunt } from '../store/intel-history.ts'
import { huntedIndicators, insertHunt } from '../store/intel-hunts.ts'
import { insertReport, reportWithText } from '../store/intel-reports.ts'
import { reportOfDocument, reviseReport } from '../store/report-revisions.ts'
import { extractReport, type ReportExtract } from './extract-report.ts'

export interface IntelParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly tenant: string
  /** Our own domains: never indicators, whatever a report says. */
  readonly ownDomains: readonly string[]
  /** ATT&CK as this installation knows it; left out, as it ships. */
  readonly attack?: AttackKnowledge
  /** How many days of the indexer's history are hunted; absent or 0 where no indexer is connected. */
  readonly historyDays?: number
  /** Whether a mail relay is set, for the digest. */
  readonly canSend?: boolean
}

/** A report as it comes in. */
export interface IncomingReport {
  readonly bytes: Uint8Array
  /** The file's or item's name. */
  readonly name: string
  /** `upload`, or the id of a source. */
  readonly source: string
  /** Admiralty code of the source, A to F. */
  readonly trust: string
  /** Who uploaded it. */
  readonly by: string | null
  /** The document of the source that this is a version of: the next version takes this one's place. */
  readonly document?: string | undefined
  readonly fetchedFrom?: string | undefined
}

/** `known`: the same text was there already, perhaps from another feed. `revised`: the document's earlier version was. */
export interface AddedReport {
  readonly id: string
  readonly known: boolean
  readonly revised: boolean
}

/** What is kept of an extract beside its own columns. */
export type KeptExtract = Omit<ReportExtract, 'text' | 'indicators'>

/** Extracts a report, stores it and queues the hunt for its indicators over stored alerts, in one transaction. */
export async function addReport(
  parts: IntelParts,
  incoming: IncomingReport,
  signal?: AbortSignal,
): Promise<AddedReport> {
  const { fetchedFrom } = incoming
  const { ownDomains, attack = shippedAttack } = parts
  const options = { ownDomains, attack, fetchedFrom }
  const extract = await extractReport(incoming.bytes, incoming.name, options, signal)
  const { text, indicators, ...kept } = extract
  const textSha256 = digest(
    text === '' ? incoming.bytes : Buffer.from(text.toLowerCase().replaceAll(/\s+/g, ' ').trim()),
  )
  const nowMs = parts.clock.now()
  return parts.database.transaction(async sql => {
    const { source, document = null } = incoming
    const followed =
      document === null ? undefined : await reportOfDocument(sql, parts.tenant, source, document)
    const known = await reportWithText(sql, parts.tenant, textSha256)
    if (known !== undefined) return { id: known, known: true, revised: false }
    const id = followed ?? parts.ids.next('report')
    const draft = {
      id,
      name: incoming.name,
      title: extract.title,
      url: extract.url,
      source,
      trust: incoming.trust,
      tlp: extract.tlp,
      format: extract.format,
      sha256: digest(incoming.bytes),
      textSha256,
      // PostgreSQL's text cannot hold NUL; in a report it says nothing.
      text: text.replaceAll('\u0000', '\ufffd'),
      extract: kept satisfies KeptExtract,
      indicators,
      techniqueIds: extract.techniques.filter(({ score }) => score >= countedScore).map(({ id }) => id),
      addedBy: incoming.by,
      document,
      createdMs: nowMs,
    }
    if (followed === undefined) await insertReport(sql, parts.tenant, draft)
    const hunted =
      followed === undefined
        ? indicators.map(({ type, value }) => [type, value] as const)
        : (await reviseReport(sql, parts.tenant, draft)).fresh
    // A new version of the text is read anew by a model; a new hunt is for what is new in it.
    const contextKey = followed === undefined ? id : `${id} ${textSha256.slice(0, 16)}`
    const context = { kind: contextJob, key: contextKey, payload: { reportId: id } }
    // A report that names nothing is told to be hunted, too: there is nothing, and nobody waits for it.
    const isHunted = followed === undefined || hunted.length > 0
    if (isHunted) {
      const huntId = parts.ids.next('hunt')
      await insertHunt(sql, parts.tenant, { id: huntId, reportId: id, by: incoming.by, nowMs })
      await enqueue(sql, parts.tenant, [{ kind: huntJob, key: huntId, payload: { huntId } }], nowMs)
    }
    await enqueue(sql, parts.tenant, [context], nowMs)
    await lookInInventory(sql, parts, id)
    if (isHunted && hunted.length <= mostHuntedUnasked)
      await startHistoryHunt(sql, parts, id, incoming.by, hunted)
    return { id, known: false, revised: followed !== undefined }
  })
}

/** Queues the question to Wazuh's inventory, where an indexer is connected. */
export async function lookInInventory(
  sql: Sql,
  { tenant, clock, historyDays = 0 }: Pick<IntelParts, 'tenant' | 'clock' | 'historyDays'>,
  reportId: string,
): Promise<void> {
  if (historyDays === 0) return
  await enqueue(sql, tenant, [{ kind: inventoryJob, key: reportId, payload: { reportId } }], clock.now())
}

/** A feed of many thousand addresses keeps the indexer busy for hours: then a person decides. */
const mostHuntedUnasked = 2_000

/**
 * Queues the hunt in the indexer's history for a report, or for `only` some of its indicators; returns whether there is an
 * indexer to hunt in.
 */
export async function startHistoryHunt(
  sql: Sql,
  { tenant, clock, ids, historyDays = 0 }: Pick<IntelParts, 'tenant' | 'clock' | 'ids' | 'historyDays'>,
  reportId: string,
  by: string | null,
  only?: readonly (readonly [type: string, value: string])[],
): Promise<boolean> {
  if (historyDays === 0) return false
  const nowMs = clock.now()
  const wanted = only && new Set(only.map(([type, value]) => `${type} ${value}`))
  const indicators = (await huntedIndicators(sql, tenant, reportId, ageing, nowMs)).filter(
    ({ type, value }) => wanted?.has(`${type} ${value}`) ?? true,
  )
  const id = ids.next('history')
  const span = { fromMs: nowMs - historyDays * 86_400_000, toMs: nowMs }
  await insertHistoryHunt(sql, tenant, { id, reportId, indicators, ...span, by })
  await enqueue(sql, tenant, [{ kind: historyJob, key: id, payload: { huntId: id } }], nowMs)
  return true
}

/** Less likely techniques are shown as suggestions and counted nowhere. */
const countedScore = 0.25

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
