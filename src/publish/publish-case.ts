import type { Alert } from '../domain/alert.ts'
import type { Brief } from '../domain/brief.ts'
import type { DataClass } from '../domain/data-class.ts'
import { publishJob } from '../domain/job-kinds.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { AppError } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import type { Job } from '../queue/jobs.ts'
import type { Vault } from '../redact/vault.ts'
import { listBriefs, type StoredBrief } from '../store/briefs.ts'
import { findDraft } from '../store/case-read.ts'
import { alertsToRead } from '../store/case-surroundings.ts'
import { markPublished, wasPublished } from '../store/publications.ts'
import type { EventSink } from '../wazuh/event-sink.ts'
import type { Indexer } from '../wazuh/indexer.ts'
import { enrichmentEvent } from './enrichment-event.ts'
import { revealBrief } from './reveal-brief.ts'
import { updateDocuments } from './update-documents.ts'
import { type ReviewableBrief, whatToPublish } from './what-to-publish.ts'

export interface PublishParts {
  readonly database: Database
  readonly clock: Clock
  readonly sink: EventSink
  /** Where the enrichment is also put into the indexed documents; absent: it is not. */
  readonly indexer: Indexer | undefined
  /** Where people reach the page of a case. */
  readonly caseUrl: (caseId: string) => string
  /** What placeholders of a case stand for. */
  readonly vaultOf: (tenant: string, caseId: string) => Promise<Vault>
  /** The classes whose real values may stand in what is written back. */
  readonly revealed: readonly DataClass[]
}

const alertLimit = 100
/** Half a minute in all, as the queue waits between tries. Then they are taken not to be there. */
const triesForDocuments = 6

/**
 * Handles `case-publish`: writes what is known about a case back into Wazuh, beside the alert, and into the indexed
 * documents where that is wanted. The same content goes to each once, however often the other is tried; a crash between
 * the socket and the note of it can write an event twice, which `event_id` tells.
 */
export async function publishCase(parts: PublishParts, job: Job, signal: AbortSignal): Promise<void> {
  const { database } = parts
  const draft = await findDraft(database, job.tenant, job.key)
  if (draft === undefined) return
  const stored = await listBriefs(database, job.tenant, draft.id)
  const computed = stored.find(entry => entry.brief.origin.kind === 'computed')
  if (computed === undefined) return
  const model = stored.find(entry => entry.brief.origin.kind === 'model')
  const chosen = whatToPublish(draft.severity, computed.brief, model && reviewable(model))
  const alerts = (await alertsToRead(database, job.tenant, draft.id, alertLimit)).flatMap(row => {
    const line = normalizeLine(Buffer.from(row.raw), { where: 'store', receivedAtMs: row.receivedMs })
    return line.kind === 'quarantined' ? [] : [line.alert]
  })
  const eventOf = (brief: Brief) =>
    enrichmentEvent({
      case: draft,
      brief,
      review: chosen.review,
      alertIds: alerts.map(alert => alert.id),
      caseUrl: parts.caseUrl(draft.id),
    })
  // Does not depend on what is revealed: the same findings are written once.
  const digest = String(eventOf(chosen.brief).tocsin.event_id)
  const inDocuments = `${digest}${documentsMark}`
  const asEvent = !(await wasPublished(database, job.tenant, digest))
  const asDocuments = parts.indexer !== undefined && !(await wasPublished(database, job.tenant, inDocuments))
  if (!asEvent && !asDocuments) return
  const event = eventOf(await revealForWazuh(parts, job.tenant, draft.id, chosen.brief, digest))
  const briefId = chosen.brief === computed.brief ? computed.id : (model?.id ?? computed.id)
  const mark = (as: string) =>
    markPublished(database, job.tenant, { digest: as, caseId: draft.id, briefId }, parts.clock.now())
  if (asEvent) {
    await sendEvent(parts, draft.id, JSON.stringify(event), alerts[0]?.agent, signal)
    await mark(digest)
  }
  if (asDocuments && parts.indexer !== undefined) {
    const updated = await updateDocuments(parts.indexer, alerts, event.tocsin, signal)
    // Brief 0 is quicker than Filebeat: the documents of new alerts are there some seconds later.
    if (updated === 0 && alerts.length > 0 && job.attempt < triesForDocuments)
      throw new AppError('not-indexed', `no alert of case ${draft.id} is in the indexer yet`, {
        retryable: true,
      })
    await mark(inDocuments)
  }
}

/** The documents are another place: noted beside the event, so that neither is written again because the other failed. */
const documentsMark = '#documents'

async function sendEvent(
  { sink }: PublishParts,
  caseId: string,
  text: string,
  agent: Alert['agent'] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const result = await sink(
    { text, agent: agent && { id: agent.id, name: agent.name, ip: agent.ip } },
    signal,
  )
  if (result.kind === 'failed')
    throw new AppError('publish-failed', `case ${caseId} was not written back: ${result.reason}`, {
      retryable: true,
    })
  if (result.kind === 'refused')
    throw new AppError('publish-refused', `case ${caseId} cannot be written back: ${result.reason}`)
}

/** Puts real names into a model's brief, on record before anything is sent. Brief 0 never had any placeholder. */
async function revealForWazuh(
  { database, clock, vaultOf, revealed }: PublishParts,
  tenant: string,
  caseId: string,
  brief: Brief,
  eventId: string,
): Promise<Brief> {
  if (brief.origin.kind !== 'model') return brief
  const { brief: shown, placeholders } = revealBrief(brief, await vaultOf(tenant, caseId), revealed)
  if (placeholders.length === 0) return brief
  const body = { what: 'written back to Wazuh', placeholders: placeholders.length, event_id: eventId }
  const entry = { kind: 'vault-reveal', tenant, actor: `job:${publishJob}`, subject: caseId, body } as const
  await database.transaction(sql => appendEntries(sql, [entry], clock.now()))
  return shown
}

function reviewable(stored: StoredBrief): ReviewableBrief {
  const { review } = stored
  if (review !== 'validated' && review !== 'rejected')
    return { brief: stored.brief, review: { kind: 'pending' } }
  const by = stored.reviewerDisplayName ?? stored.reviewedBy ?? ''
  return { brief: stored.brief, review: { kind: review, by, atMs: stored.reviewedMs ?? 0 } }
}
