import { huntJob } from '../../domain/job-kinds.ts'
import { isWithheld } from '../../evidence/sighting.ts'
import { currentConfidence } from '../../indicators/indicator-decay.ts'
import {
  addReport,
  type IntelParts,
  type KeptExtract,
  lookInInventory,
  startHistoryHunt,
} from '../../intel/add-report.ts'
import {
  draftForIndicators,
  draftForSigma,
  draftForTechnique,
  type RuleDraftProposal,
} from '../../intel/draft-rule-for.ts'
import { exposuresOf, isSolved } from '../../intel/exposure.ts'
import { reachedBack } from '../../intel/hunt-history.ts'
import { relevanceOf } from '../../intel/relevance.ts'
import { shippedAttack } from '../../knowledge/attack-knowledge.ts'
import { assertNever } from '../../lib/app-error.ts'
import type { Sql } from '../../lib/database.ts'
import { enqueue } from '../../queue/jobs.ts'
import { historyCounts, latestHistoryHunt, stopHistoryHunt } from '../../store/intel-history.ts'
import { insertHunt, latestHunt, setIndicatorStatus, sightingsOf } from '../../store/intel-hunts.ts'
import { readInventory } from '../../store/intel-inventory.ts'
import {
  alertTechniqueCounts,
  deleteReport,
  exposureAlerts,
  listReports,
  mentionsOf,
  readReport,
  type StoredReport,
} from '../../store/intel-reports.ts'
import { wasDone } from '../contract.ts'
import {
  type DraftRuleQuery,
  type HistoryHunt,
  intelEndpoints,
  type ReportDetail,
} from '../contract-intel.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { actorId } from './session-routes.ts'

/** Base64 of a report of 30 MB. Larger ones go through the watch folder. */
const uploadBytes = 40 * 1024 * 1024

const shownSightings = 200
const readExposures = 1_000
const shownExposures = 200

/** Threat reports: upload, read, hunt, feedback. */
export function intelRoutes(parts: IntelParts): Route[] {
  const { database, tenant } = parts
  return [
    route(intelEndpoints.listReports, async ({ query }) => {
      const place = readCursor(query.cursor, ['number', 'string'])
      const before = place === undefined ? undefined : { createdMs: Number(place[0]), id: String(place[1]) }
      const rows = await listReports(database, tenant, before, query.limit + 1)
      const reports = rows.slice(0, query.limit)
      const last = rows.length > query.limit ? reports.at(-1) : undefined
      return {
        reports: reports.map(report => ({ ...report, techniqueIds: [...report.techniqueIds] })),
        nextCursor: writeCursor(last && [last.createdMs, last.id]),
      }
    }),
    route(
      intelEndpoints.addReport,
      async ({ body, caller, signal }) =>
        addReport(
          parts,
          {
            bytes: Buffer.from(body.contentBase64, 'base64'),
            name: body.name,
            source: 'upload',
            trust: body.trust,
            by: actorId(caller),
          },
          signal,
        ),
      { bodyBytes: uploadBytes },
    ),
    route(intelEndpoints.readReport, async ({ params }) =>
      detailOf(parts, await existingReport(parts, params.id)),
    ),
    route(intelEndpoints.deleteReport, async ({ params }) => {
      if (!(await deleteReport(database, tenant, params.id)))
        throw new RequestError('not-found', `there is no report ${params.id}`)
      return wasDone
    }),
    route(intelEndpoints.hunt, async ({ params, caller }) => {
      await existingReport(parts, params.id)
      const nowMs = parts.clock.now()
      const id = parts.ids.next('hunt')
      await database.transaction(async sql => {
        await insertHunt(sql, tenant, { id, reportId: params.id, by: actorId(caller), nowMs })
        await enqueue(sql, tenant, [{ kind: huntJob, key: id, payload: { huntId: id } }], nowMs)
      })
      const hunt = await latestHunt(database, tenant, params.id)
      if (hunt === undefined)
        throw new RequestError('not-found', `the report ${params.id} was deleted meanwhile`)
      return { hunt }
    }),
    route(intelEndpoints.huntHistory, async ({ params, caller }) => {
      await existingReport(parts, params.id)
      const started = await database.transaction(async sql => {
        const running = await latestHistoryHunt(sql, tenant, params.id)
        if (running?.state === 'running')
          throw new RequestError('conflict', 'the history is being searched for this report already')
        await lookInInventory(sql, parts, params.id)
        return startHistoryHunt(sql, parts, params.id, actorId(caller))
      })
      if (!started)
        throw new RequestError(
          'conflict',
          'no indexer is connected: set TOCSIN_INDEXER_URL, _USER, _PASSWORD',
        )
      return wasDone
    }),
    route(intelEndpoints.stopHistoryHunt, async ({ params }) => {
      const hunt = await latestHistoryHunt(database, tenant, params.id)
      if (hunt === undefined || !(await stopHistoryHunt(database, tenant, hunt.id, parts.clock.now())))
        throw new RequestError('not-found', 'no search in the history is running for this report')
      return wasDone
    }),
    route(intelEndpoints.draftRule, async ({ params, query }) => {
      const report = await existingReport(parts, params.id)
      const draft = await draftFor(parts, report, query)
      if (draft === undefined)
        throw new RequestError('not-found', 'there is nothing here that a Wazuh rule could be made of')
      return { ...draft, cases: draft.cases.map(one => ({ ...one })) }
    }),
    route(intelEndpoints.setIndicatorStatus, async ({ body, caller }) => {
      const said = { ...body, id: parts.ids.next('feedback'), by: actorId(caller), atMs: parts.clock.now() }
      const known = await database.transaction(sql => setIndicatorStatus(sql, tenant, said))
      if (!known) throw new RequestError('not-found', 'no report names this indicator')
      return wasDone
    }),
  ]
}

/** The stored report, or 404. */
export async function existingReport(
  parts: Pick<IntelParts, 'database' | 'tenant'>,
  id: string,
): Promise<StoredReport> {
  const report = await readReport(parts.database, parts.tenant, id)
  if (report === undefined) throw new RequestError('not-found', `there is no report ${id}`)
  return report
}

async function draftFor(
  { database, tenant, attack }: IntelParts,
  report: StoredReport,
  wanted: DraftRuleQuery,
): Promise<RuleDraftProposal | undefined> {
  // A rule's description is read by more people than a report under a mark may be.
  const title = isWithheld(report.tlp) ? `report ${report.id}` : (report.title ?? report.name)
  switch (wanted.for) {
    case 'technique':
      return draftForTechnique(wanted.id, title, attack)
    case 'indicators': {
      const mentions = await mentionsOf(database, tenant, report.id)
      const live = mentions.filter(({ status }) => status === 'live')
      return draftForIndicators(live, title, report.techniqueIds)
    }
    case 'quoted-rule': {
      // Written by `addReport`, and by nothing else.
      const { rules } = report.extract as KeptExtract
      const quoted = rules.find(({ kind, offset }) => kind === 'sigma' && offset === wanted.offset)
      return quoted && draftForSigma(quoted.text, quoted.name)
    }
    default:
      return assertNever(wanted)
  }
}

const shownCounts = 20

async function historyOf(sql: Sql, tenant: string, reportId: string): Promise<HistoryHunt | null> {
  const hunt = await latestHistoryHunt(sql, tenant, reportId)
  if (hunt === undefined) return null
  const counts = await historyCounts(sql, tenant, hunt.id)
  const { state, step, steps, fromMs, toMs, candidates, hits, trouble, createdMs, finishedMs } = hunt
  const reachedMs = reachedBack(hunt)
  return {
    ...{ state, step, steps, fromMs, toMs, reachedMs, candidates, hits, trouble, createdMs, finishedMs },
    counts: counts.slice(0, shownCounts),
  }
}

async function detailOf(
  { database, tenant, clock, historyDays = 0, attack = shippedAttack }: IntelParts,
  stored: StoredReport,
): Promise<ReportDetail> {
  const { text, extract, context, revision, ...report } = stored
  // Written by `addReport`, and by nothing else.
  const kept = extract as KeptExtract
  const [mentions, hunt, history, sightings, exposureRows, alertCounts, inventory] = await Promise.all([
    mentionsOf(database, tenant, report.id),
    latestHunt(database, tenant, report.id),
    historyOf(database, tenant, report.id),
    sightingsOf(database, tenant, report.id, shownSightings),
    exposureAlerts(database, tenant, report.id, readExposures),
    alertTechniqueCounts(database, tenant),
    readInventory(database, tenant, report.id, readExposures),
  ])
  const alertsOf = new Map(alertCounts.map(({ id, alerts }) => [id, alerts]))
  // A CVE in an alert means that we are exposed, not that somebody was here.
  const cves = mentions.filter(({ type }) => type === 'cve')
  const exposures = exposuresOf(exposureRows)
  const open = exposures.filter(exposure => !isSolved(exposure))
  const seen = sightings.filter(({ type }) => type !== 'cve')
  const relevance = relevanceOf({
    sightings: new Set(seen.map(({ alertKey }) => alertKey)).size,
    hosts: [...new Set(seen.map(({ agentName }) => agentName))],
    huntDone: hunt?.state === 'done',
    indicators: mentions.length - cves.length,
    sharedVulnerabilities: [...new Set(open.map(({ cve }) => cve))],
    exposedHosts: [...new Set(open.map(({ host }) => host))],
    inventory: inventory.matches,
    techniques: report.techniqueIds.length,
    techniquesSeen: report.techniqueIds.filter(id => alertsOf.has(id)).length,
  })
  return {
    report: { ...report, techniqueIds: [...report.techniqueIds] },
    inventory: { ...inventory, matches: inventory.matches.slice(0, shownExposures).map(row => ({ ...row })) },
    revision: revision && {
      ...revision,
      added: revision.added.map(pair => [...pair]),
      removed: revision.removed.map(pair => [...pair]),
    },
    text,
    indicators: mentions.map(({ lastMs, ...mention }) => ({
      ...mention,
      currentConfidence: currentConfidence({ ...mention, lastMs }, clock.now()),
    })),
    techniques: kept.techniques.map(technique => ({
      ...technique,
      quotes: [...technique.quotes],
      tactics: attack.current(technique.id)?.tactics.map(({ name }) => name) ?? [],
      alertCount: alertsOf.get(technique.id) ?? 0,
    })),
    rules: [...kept.rules],
    dropped: [...kept.dropped],
    problems: [...kept.problems],
    hunt: hunt ?? null,
    history,
    historyOffered: historyDays > 0,
    // Written by `handleContext`; the endpoint's schema checks it once more.
    context: context as ReportDetail['context'],
    sightings: seen,
    exposures: exposures.slice(0, shownExposures),
    relevance: { answer: relevance.answer, reasons: [...relevance.reasons] },
  }
}
