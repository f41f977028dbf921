import { speaksOfAttack } from '../../assess/assess-alert.ts'
import { assessCase } from '../../assess/assess-case.ts'
import { graveActOf } from '../../assess/grave-act.ts'
import type { Alert } from '../../domain/alert.ts'
import type { CaseAssignment, CaseDraft } from '../../domain/case.ts'
import type { CaseContext, HistoryFact } from '../../evidence/case-context.ts'
import { GroupingEngine } from '../../group/grouping-engine.ts'
import { defaultGrouping } from '../../group/grouping-options.ts'
import { countingIds } from '../../lib/ids.ts'
import { between, lowerBound } from '../../lib/sorted-search.ts'

/** How far around a case its hosts' and sources' other alerts are looked at, and how many at most. */
const hostWindowMs = 60 * 60_000
const sourceWindowMs = 12 * 60 * 60_000
const maxAround = 200

/** Groups alerts (in order of time) and makes the context of each case from nothing but them. Offline. */
export function casesOf(alerts: readonly Alert[]): CaseContext[] {
  const engine = new GroupingEngine({ ...defaultGrouping, speaksOfAttack }, countingIds())
  const drafts = new Map<string, CaseDraft>()
  const members = new Map<string, { alert: Alert; assignment: CaseAssignment }[]>()
  for (const alert of alerts) {
    const { assignments, cases } = engine.assign([alert], graveActOf)
    for (const draft of cases) drafts.set(draft.id, draft)
    for (const assignment of assignments) {
      const list = members.get(assignment.caseId)
      if (list === undefined) members.set(assignment.caseId, [{ alert, assignment }])
      else list.push({ alert, assignment })
    }
  }
  const byPlace = alertsByPlace(alerts)
  return [...drafts.values()].map(draft => contextOf(draft, members.get(draft.id) ?? [], byPlace))
}

function contextOf(
  draft: CaseDraft,
  members: readonly { alert: Alert; assignment: CaseAssignment }[],
  byPlace: ReadonlyMap<string, readonly Alert[]>,
): CaseContext {
  const alerts = members.map(member => member.alert)
  const around = alertsAround(draft, new Set(alerts), byPlace)
  return {
    case: draft,
    alerts,
    memberships: members.map(({ assignment }) => assignment),
    assessments: assessCase(alerts, around),
    around,
    history: historyOf(alerts, draft, byPlace),
    agents: [],
    pastVerdicts: [],
  }
}

/** Alerts by `host:NAME` and by `source:ADDRESS`. */
function alertsByPlace(alerts: readonly Alert[]): Map<string, Alert[]> {
  const places = new Map<string, Alert[]>()
  for (const alert of alerts) {
    for (const place of placesOf(alert)) {
      const list = places.get(place)
      if (list === undefined) places.set(place, [alert])
      else list.push(alert)
    }
  }
  return places
}

function placesOf(alert: Alert): string[] {
  const source = alert.entities.find(entity => entity.type === 'address' && entity.role === 'source')
  return [`host:${alert.agent.name}`, ...(source === undefined ? [] : [`source:${source.value}`])]
}

/** Alerts of other cases on the case's hosts within the hour or from its sources within half a day, nearest first. */
function alertsAround(
  draft: CaseDraft,
  own: ReadonlySet<Alert>,
  byPlace: ReadonlyMap<string, readonly Alert[]>,
): Alert[] {
  const { firstSeenMs, lastSeenMs } = draft
  const distance = (alert: Alert) =>
    Math.max(0, firstSeenMs - alert.timestampMs, alert.timestampMs - lastSeenMs)
  const places = new Set([...own].flatMap(placesOf))
  const near = [...places].flatMap(place => {
    const windowMs = place.startsWith('host:') ? hostWindowMs : sourceWindowMs
    const there = between(byPlace.get(place) ?? [], firstSeenMs - windowMs, lastSeenMs + windowMs, timeOf)
    return there.filter(alert => !own.has(alert))
  })
  return [...new Set(near)].sort((a, b) => distance(a) - distance(b)).slice(0, maxAround)
}

function timeOf(alert: Alert): number {
  return alert.timestampMs
}

/**
 * How often the case's most serious rule fired on its host before, in this file. Less than an hour of file before the
 * case says nothing about what is usual.
 */
function historyOf(
  own: readonly Alert[],
  draft: CaseDraft,
  byPlace: ReadonlyMap<string, readonly Alert[]>,
): HistoryFact[] {
  const top = own.toSorted((a, b) => b.rule.level - a.rule.level)[0]
  const onHost = byPlace.get(`host:${top?.agent.name}`) ?? []
  const overMs = draft.firstSeenMs - (onHost[0]?.timestampMs ?? draft.firstSeenMs)
  if (top === undefined || overMs < 60 * 60_000) return []
  const before = onHost
    .slice(0, lowerBound(onHost, draft.firstSeenMs, timeOf))
    .filter(alert => alert.rule.id === top.rule.id)
  const last = before.at(-1)
  return [
    {
      subject: `rule ${top.rule.id} on ${top.agent.name}`,
      alertsBefore: before.length,
      overMs,
      ...(last === undefined ? {} : { lastSeenMs: last.timestampMs }),
    },
  ]
}
