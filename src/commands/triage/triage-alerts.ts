import { assessCase } from '../../assess/assess-case.ts'
import type { Alert } from '../../domain/alert.ts'
import type { CaseAssignment, CaseDraft } from '../../domain/case.ts'
import type { CaseContext } from '../../evidence/case-context.ts'
import { GroupingEngine } from '../../group/grouping-engine.ts'
import { defaultGrouping } from '../../group/grouping-options.ts'
import { countingIds } from '../../lib/ids.ts'

/** How far around a case its hosts' other alerts are looked at, and how many at most. */
const aroundMs = 60 * 60_000
const maxAround = 200

/** Groups alerts (in order of time) and makes the context of each case from nothing but them. Offline. */
export function casesOf(alerts: readonly Alert[]): CaseContext[] {
  const engine = new GroupingEngine(defaultGrouping, countingIds())
  const drafts = new Map<string, CaseDraft>()
  const members = new Map<string, { alert: Alert; assignment: CaseAssignment }[]>()
  for (const alert of alerts) {
    const { assignments, cases } = engine.assign([alert])
    for (const draft of cases) drafts.set(draft.id, draft)
    for (const assignment of assignments) {
      const list = members.get(assignment.caseId)
      if (list === undefined) members.set(assignment.caseId, [{ alert, assignment }])
      else list.push({ alert, assignment })
    }
  }
  const byHost = Map.groupBy(alerts, alert => alert.agent.name)
  return [...drafts.values()].map(draft => contextOf(draft, members.get(draft.id) ?? [], byHost))
}

function contextOf(
  draft: CaseDraft,
  members: readonly { alert: Alert; assignment: CaseAssignment }[],
  byHost: ReadonlyMap<string, readonly Alert[]>,
): CaseContext {
  const alerts = members.map(member => member.alert)
  const around = alertsAround(draft, new Set(alerts), byHost)
  return {
    case: draft,
    alerts,
    memberships: members.map(({ assignment }) => assignment),
    assessments: assessCase(alerts, around),
    around,
    history: [],
    agents: [],
    techniques: [],
    pastVerdicts: [],
  }
}

/** Alerts of other cases on the case's hosts within the hour, nearest first. */
function alertsAround(
  draft: CaseDraft,
  own: ReadonlySet<Alert>,
  byHost: ReadonlyMap<string, readonly Alert[]>,
): Alert[] {
  const hosts = new Set([...own].map(alert => alert.agent.name))
  const distance = (alert: Alert) =>
    Math.max(0, draft.firstSeenMs - alert.timestampMs, alert.timestampMs - draft.lastSeenMs)
  return [...hosts]
    .flatMap(host => byHost.get(host) ?? [])
    .filter(alert => !own.has(alert) && distance(alert) <= aroundMs)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, maxAround)
}
