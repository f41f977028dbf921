import { setImmediate } from 'node:timers/promises'
import type { Alert } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import { investigateJob } from '../domain/job-kinds.ts'
import { severities } from '../domain/verdict.ts'
import type { GroupingEngine } from '../group/grouping-engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql, Transaction } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import { enqueueQuietly, type JobDraft, wakeWorkers } from '../queue/jobs.ts'
import { countAlerts, insertAlerts, type PlacedNew, storedIdentities } from '../store/alerts.ts'
import { addHistory } from '../store/case-history.ts'
import { writeCheckpoint } from '../store/checkpoints.ts'
import { announce, type CaseEvent } from '../store/events.ts'
import { EntityTally, type GrownCase, upsertCaseEntities, upsertCases } from '../store/grown-cases.ts'
import { insertQuarantined } from '../store/quarantine.ts'
import { recountCase } from '../store/recount-case.ts'
import {
  type Arrival,
  type ArrivedAlert,
  type ArrivedLine,
  readArrivedLine,
  type SourceLine,
} from './arrived-alert.ts'
import type { GroupingMemory, Newest } from './grouping-memory.ts'
import { identityOf, keysOf, type SortedOut, sortOut } from './sort-out.ts'

export interface IngestBatch {
  readonly tenant: string
  /** Name of the source: `alerts-file`, `indexer`, `webhook`, `sample`. */
  readonly source: string
  /** From the sample that Tocsin ships: labelled everywhere. */
  readonly sample: boolean
  readonly lines: readonly SourceLine[]
  /** How far the source is once these lines are stored; kept in the same transaction. */
  readonly checkpoint?: unknown
  /** The batch of the same source before this one: where it fails, this one stores nothing and fails with it. */
  readonly before?: Promise<unknown>
}

/** What became of the lines. Once this is returned, nothing of it can be lost. */
export interface IngestReceipt {
  readonly stored: number
  readonly duplicates: number
  readonly quarantined: number
  /** Tocsin's own enrichment coming back: taken in again it would be enriched without end. */
  readonly ignored: number
}

export interface IngestParts {
  readonly database: Database
  readonly memory: GroupingMemory
  readonly clock: Clock
  readonly ids: IdSource
  /** Minutes until a case is due: low, medium, high, critical. */
  readonly slaMinutes: readonly number[]
  /** Jobs that other features want done about an alert; queued with it, in the same transaction. */
  readonly followUps?: (alert: Alert) => readonly JobDraft[]
}

export type Ingest = (batch: IngestBatch) => Promise<IngestReceipt>

/** The way in: normalise, group, and store with the work that follows, in one transaction. */
export function createIngest(parts: IngestParts): Ingest {
  return async batch => {
    const read = await readLines(batch.lines, {
      receivedAtMs: parts.clock.now(),
      followUps: parts.followUps ?? noFollowUps,
    })
    const early = await sortEarly(parts, batch.tenant, read)
    await batch.before
    return parts.memory.exclusively(batch.tenant, async () => {
      const stored = await parts.database.transaction(sql => storeBatch(sql, parts, batch, read, early))
      tell(parts.database, batch.tenant, stored.news)
      return stored.receipt
    })
  }
}

/** What others hear of a batch. */
interface News {
  readonly jobs: readonly JobDraft[]
  readonly events: readonly CaseEvent[]
}

const noNews: News = { jobs: [], events: [] }

/**
 * Tells of a batch once it is stored, while the next one is. Not in its transaction: a commit that notifies holds a lock
 * of the whole database until the disk has it, and every brief would wait for that. Whom it does not reach looks for
 * itself: workers within a second, consoles when they are connected again.
 */
function tell(sql: Sql, tenant: string, { jobs, events }: News): void {
  // The batch is stored: that the database went away since is for the next one to say.
  wakeWorkers(sql, jobs)
    .then(() => announce(sql, tenant, events))
    .catch(() => {})
}

const noFollowUps = () => []

/** Lines read in one go, under a millisecond: then others have their turn (a stream to a console, the batch before). */
const linesPerTurn = 10

async function readLines(sourceLines: readonly SourceLine[], arrival: Arrival): Promise<ArrivedLine[]> {
  const lines: ArrivedLine[] = []
  for (const line of sourceLines) {
    lines.push(readArrivedLine(line, arrival))
    if (lines.length % linesPerTurn === 0) await setImmediate()
  }
  return lines
}

interface EarlySort {
  /** It holds only while this is still the newest of the tenant. */
  readonly after: Newest
  readonly sorted: SortedOut
}

/**
 * Sorts a batch out while the one before it is stored: looked for in its own turn, the database would do nothing else
 * meanwhile. Undefined where it has to be done then: nothing was stored before, or the database cannot be asked (which
 * the turn will say).
 */
async function sortEarly(
  { database, memory }: IngestParts,
  tenant: string,
  lines: readonly ArrivedLine[],
): Promise<EarlySort | undefined> {
  const after = memory.newest(tenant)
  if (after === undefined) return undefined
  const stored = await storedIdentities(database, tenant, keysOf(lines)).catch(() => undefined)
  return stored && { after, sorted: sortOut(lines, [...after.identities, ...stored]) }
}

async function storeBatch(
  sql: Transaction,
  parts: IngestParts,
  batch: IngestBatch,
  lines: readonly ArrivedLine[],
  early: EarlySort | undefined,
): Promise<{ readonly receipt: IngestReceipt; readonly news: News }> {
  const engine = await parts.memory.current(sql, batch.tenant)
  // Not before it is this batch's turn: one batch of a tenant is stored at a time, so who follows alerts in the order in
  // which they were received (the indicator watch) is never behind one that it cannot see yet.
  const nowMs = parts.clock.now()
  const { fresh, duplicates, quarantined, ignored } =
    early !== undefined && early.after === parts.memory.newest(batch.tenant)
      ? early.sorted
      : sortOut(lines, await storedIdentities(sql, batch.tenant, keysOf(lines)))
  parts.memory.stores(batch.tenant, fresh.map(identityOf))
  const drafts = quarantined.map(line => ({ ...line, id: parts.ids.next('quarantine') }))
  await insertQuarantined(sql, batch.tenant, batch.source, nowMs, drafts)
  const news = fresh.length > 0 ? await storeAlerts(sql, parts, batch, engine, fresh, nowMs) : noNews
  if (batch.checkpoint !== undefined) {
    await writeCheckpoint(sql, batch.tenant, batch.source, batch.checkpoint, nowMs)
  }
  const receipt = { stored: fresh.length, duplicates, quarantined: quarantined.length, ignored }
  return { receipt, news }
}

async function storeAlerts(
  sql: Transaction,
  parts: IngestParts,
  batch: IngestBatch,
  engine: GroupingEngine,
  fresh: readonly ArrivedAlert[],
  nowMs: number,
): Promise<News> {
  const { tenant } = batch
  const grouping = engine.begin()
  const entities = new EntityTally()
  const linked = new Set<string>()
  const allPlaced = Promise.withResolvers<void>()
  // The database takes in what is grouped while the rest is grouped, and the last of it while what follows is made ready.
  function* placed(): Generator<PlacedNew> {
    for (const alert of fresh) {
      const assignment = grouping.place(alert)
      if (assignment.kind === 'linked') linked.add(assignment.caseId)
      entities.add(assignment.caseId, alert)
      yield { alert, assignment }
    }
    allPlaced.resolve()
  }
  const inserted = insertAlerts(sql, tenant, batch.source, nowMs, placed())
  await Promise.race([allPlaced.promise, inserted])
  await setImmediate() // The last of them are handed over first.
  const cases = grouping.end()
  const facts = { nowMs, sample: batch.sample, slaMinutes: parts.slaMinutes }
  // Each is made ready while the database works on the one before: it would wait for that a sixth of the time.
  const [, news] = await Promise.all([
    inserted,
    upsertCases(sql, tenant, cases, facts).then(async grown => {
      const grownById = new Map(grown.map(row => [row.id, row]))
      const investigations = cases.map(draft =>
        investigation(draft, isNews(draft, grownById.get(draft.id), linked), nowMs),
      )
      const jobs = [...investigations, ...fresh.flatMap(alert => alert.followUps)]
      await enqueueQuietly(sql, tenant, jobs, nowMs)
      await addHistory(sql, tenant, nowMs, reopenings(grown, parts.ids))
      for (const { id, settled } of grown) if (settled) await recountCase(sql, tenant, id, nowMs)
      return { jobs, events: eventsOf(cases, grown, nowMs) }
    }),
    upsertCaseEntities(sql, tenant, entities),
    countAlerts(sql, tenant, fresh),
  ])
  return news
}

/**
 * How long a case waits for its next brief when it got more of the same: what else arrives meanwhile then costs
 * nothing. The more alerts it has, the less one more changes, so a small case hardly waits and a flood is briefed
 * every other second.
 */
const growthDelayMs = (alerts: number) => Math.min(1500, 10 * alerts)

/** A new case, a graver one, and one that an alert of another kind joined. */
function isNews(draft: CaseDraft, grown: GrownCase | undefined, linked: ReadonlySet<string>): boolean {
  return grown === undefined || grown.created || grown.raised || grown.reopened || linked.has(draft.id)
}

/** News is briefed at once and before all growth: else, on a busy machine, loud cases would starve new ones. */
function investigation(draft: CaseDraft, news: boolean, nowMs: number): JobDraft {
  return {
    kind: investigateJob,
    key: draft.id,
    payload: { caseId: draft.id },
    priority: severities.indexOf(draft.severity) + (news ? severities.length : 0),
    runAtMs: news ? nowMs : nowMs + growthDelayMs(draft.alertCount),
  }
}

function reopenings(grown: readonly GrownCase[], ids: IdSource) {
  return grown
    .filter(row => row.reopened)
    .map(row => ({
      id: ids.next('history'),
      caseId: row.id,
      kind: 'reopened' as const,
      byId: null,
      detail: 'further alerts arrived',
    }))
}

function eventsOf(drafts: readonly CaseDraft[], grown: readonly GrownCase[], atMs: number) {
  const created = new Set(grown.filter(row => row.created).map(row => row.id))
  return drafts.map(draft => ({
    kind: created.has(draft.id) ? ('case-created' as const) : ('case-changed' as const),
    caseId: draft.id,
    revision: draft.revision,
    severity: draft.severity,
    atMs,
  }))
}
