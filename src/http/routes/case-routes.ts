import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { listBriefs } from '../../store/briefs.ts'
import { type CaseSort, countCases, listCases } from '../../store/case-list.ts'
import {
  caseEntities,
  caseHistory,
  caseNotes,
  caseTimeline,
  findCase,
  listCaseAlerts,
  rawAlert,
} from '../../store/case-read.ts'
import type { CaseRow } from '../../store/case-row.ts'
import { modelBriefState } from '../contract-briefs.ts'
import { type CaseAlertPage, type CaseDetail, caseEndpoints, type HistoryEntry } from '../contract-cases.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { briefView, caseView } from './case-view.ts'
import { personView } from './person-view.ts'
import { actorId } from './session-routes.ts'

export interface CaseRouteParts {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  /** Whether any model is configured: without one, "no model brief yet" is not a state that will pass. */
  readonly modelConfigured: boolean
}

const totalCap = 10_000
/** Lines of a timeline, and entities, that a page holds; where there are more, it says so. */
const mostEntries = 500
const mostEntities = 300
const cursorKinds: Record<CaseSort, readonly ('string' | 'number')[]> = {
  priority: ['number', 'number', 'string'],
  severity: ['number', 'number', 'string'],
  newest: ['number', 'string'],
  oldest: ['number', 'string'],
  due: ['number', 'string'],
  alerts: ['number', 'string'],
}

/** Reading cases: the queue and the case page. */
export function caseRoutes(parts: CaseRouteParts): Route[] {
  const { database, tenant } = parts
  return [
    route(caseEndpoints.listCases, async ({ query, caller }) => {
      const filter = { ...query, assignee: query.assignee === 'me' ? actorId(caller) : query.assignee }
      const after = readCursor(query.cursor, cursorKinds[query.sort])
      const [page, count] = await Promise.all([
        listCases(database, tenant, filter, { sort: query.sort, after, limit: query.limit }),
        countCases(database, tenant, filter, totalCap),
      ])
      return {
        cases: page.rows.map(row => caseView(row, parts.clock.now())),
        nextCursor: writeCursor(page.next),
        total: count.count,
        totalIsCapped: count.capped,
      }
    }),
    route(caseEndpoints.readCase, async ({ params }) => detailOf(parts, params.id)),
    route(caseEndpoints.listCaseAlerts, async ({ params, query }) => {
      const row = await existingCase(parts, params.id)
      return alertPage(parts, row, query.cursor, query.limit)
    }),
    route(caseEndpoints.readRawAlert, async ({ params }) => {
      const raw = await rawAlert(database, tenant, params.id, params.key)
      if (raw === undefined)
        throw new RequestError('not-found', `case ${params.id} has no alert ${params.key}`)
      return { key: params.key, raw }
    }),
  ]
}

/** The case, or 404. */
export async function existingCase(
  parts: Pick<CaseRouteParts, 'database' | 'tenant'>,
  id: string,
): Promise<CaseRow> {
  const row = await findCase(parts.database, parts.tenant, id)
  if (row === undefined) throw new RequestError('not-found', `there is no case ${id}`, 'params/id')
  return row
}

/** All that the case page and the exports show. */
export async function detailOf(parts: CaseRouteParts, id: string): Promise<CaseDetail> {
  const { database, tenant } = parts
  const row = await existingCase(parts, id)
  const [briefs, timeline, entities, alerts, notes, history] = await Promise.all([
    listBriefs(database, tenant, id),
    caseTimeline(database, tenant, id, mostEntries),
    caseEntities(database, tenant, id, mostEntities + 1),
    alertPage(parts, row, undefined, 100),
    caseNotes(database, tenant, id),
    caseHistory(database, tenant, id),
  ])
  const entries = history.map(entry => ({
    id: entry.id,
    atMs: entry.atMs,
    kind: entry.kind,
    by: personView(entry.byId, entry.username, entry.displayName),
    detail: entry.detail,
  }))
  const decider = history.findLast(entry => entry.byId === row.verdictBy)
  return {
    case: caseView(row, parts.clock.now()),
    briefs: briefs.map(briefView),
    modelBrief: modelState(parts, row),
    decision: decisionOf(row, decider?.username, decider?.displayName),
    timeline: timeline.entries.map(entry => ({ ...entry, techniques: [...entry.techniques] })),
    timelineGap: timeline.gap,
    entities: entities.slice(0, mostEntities).map(entity => ({ ...entity, roles: [...entity.roles] })),
    moreEntities: entities.length > mostEntities,
    alerts,
    notes: notes.map(note => ({
      id: note.id,
      atMs: note.atMs,
      by: personView(note.byId, note.username, note.displayName) ?? nobody,
      text: note.text,
    })),
    history: [creation(row), ...entries],
  }
}

const nobody = { id: '', username: 'unknown', displayName: 'Unknown' }

function creation(row: CaseRow): HistoryEntry {
  return { id: `${row.id}-created`, atMs: row.createdMs, kind: 'created', by: null, detail: row.title }
}

function decisionOf(
  row: CaseRow,
  username: string | null | undefined,
  displayName: string | null | undefined,
): CaseDetail['decision'] {
  const by = personView(row.verdictBy, username, displayName)
  if (row.verdict === null || row.verdictMs === null || by === null) return null
  return { verdict: row.verdict, reason: row.verdictReason ?? '', by, atMs: row.verdictMs }
}

function modelState(parts: CaseRouteParts, row: CaseRow): CaseDetail['modelBrief'] {
  const known = modelBriefState.safeParse(row.modelBrief)
  if (known.success) return known.data
  return { kind: parts.modelConfigured ? 'waiting' : 'not-configured' }
}

async function alertPage(
  parts: CaseRouteParts,
  row: CaseRow,
  cursor: string | undefined,
  limit: number,
): Promise<CaseAlertPage> {
  const position = readCursor(cursor, ['number', 'string'])
  const after =
    position === undefined ? undefined : { timestampMs: Number(position[0]), key: String(position[1]) }
  const rows = await listCaseAlerts(parts.database, parts.tenant, row.id, after, limit + 1)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    alerts: shown.map(alert => ({ ...alert, techniques: [...alert.techniques] })),
    nextCursor: writeCursor(rows.length > limit && last ? [last.timestampMs, last.key] : undefined),
    total: row.alertCount,
  }
}
