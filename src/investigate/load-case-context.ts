import { assessCase } from '../assess/assess-case.ts'
import type { Alert } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import type {
  AgentFact,
  CaseContext,
  FilePrevalence,
  HistoryFact,
  PastVerdict,
  SightingFact,
  YaraRuleFact,
} from '../evidence/case-context.ts'
import { yaraReport } from '../evidence/yara-match.ts'
import { currentConfidence } from '../indicators/indicator-decay.ts'
import type { AddedTechniques } from '../knowledge/attack-knowledge.ts'
import { BoundedMap } from '../lib/bounded-map.ts'
import type { Sql } from '../lib/database.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { findDraft } from '../store/case-read.ts'
import {
  alertsFromSources,
  alertsOnHosts,
  alertsToRead,
  decidedLikeThis,
  hostsWithFile,
  type RawAlertRow,
  ruleHistory,
} from '../store/case-surroundings.ts'
import { sightingsOfCase } from '../store/intel-hunts.ts'
import { lessonsFor } from '../store/lessons.ts'
import { rulesNamed } from '../store/yara-packs.ts'
import { withKnownIndicators } from './known-indicators.ts'

const maxAlerts = 100
const maxAround = 40
const hostWindowMs = 60 * 60_000
const sourceWindowMs = 12 * 60 * 60_000
const historyDays = 30
const dayMs = 86_400_000
const maxSubjects = 6
const maxSightings = 12
const maxLessons = 5

/** Looks hosts up in the Wazuh server; absent where none is connected. */
export type LookUpAgents = (agentIds: readonly string[]) => Promise<readonly AgentFact[]>

/** Reads from the store all that an investigation of this case rests on; undefined when it is gone. */
export async function loadCaseContext(
  sql: Sql,
  tenant: string,
  caseId: string,
  lookUpAgents: LookUpAgents,
  nowMs: number,
  addedTechniques?: AddedTechniques,
): Promise<CaseContext | undefined> {
  const draft = await findDraft(sql, tenant, caseId)
  if (draft === undefined) return undefined
  const members = (await alertsToRead(sql, tenant, caseId, maxAlerts)).flatMap(row => {
    const alert = readAgain(row)
    return alert === undefined ? [] : [{ alert, why: row.why }]
  })
  const alerts = members.map(member => member.alert)
  const [around, history, agents, pastVerdicts, sightings, lessons] = await Promise.all([
    alertsAround(sql, tenant, draft, alerts),
    historyOf(sql, tenant, draft, alerts),
    lookUpAgents([...new Set(alerts.map(alert => alert.agent.id))]),
    pastVerdictsOf(sql, tenant, draft),
    sightingFacts(sql, tenant, caseId, nowMs),
    lessonsFor(
      sql,
      tenant,
      {
        like: [draft.title],
        rule: [...new Set(alerts.map(alert => alert.rule.id))],
        host: [...new Set(alerts.map(alert => alert.agent.name))],
        technique: draft.techniques,
      },
      nowMs,
      maxLessons,
    ),
  ])
  const yara = await yaraFacts(sql, tenant, alerts)
  return {
    case: draft,
    alerts,
    memberships: members.map(({ alert, why }) => ({ alertKey: alert.key, why })),
    assessments: withKnownIndicators(alerts, assessCase(alerts, around), sightings),
    around,
    history,
    agents,
    pastVerdicts,
    sightings,
    lessons,
    ...yara,
    ...(addedTechniques === undefined ? {} : { addedTechniques }),
  }
}

const maxFiles = 3
const maxHosts = 20

/** What the server's rule packs say of the rules that matched, and where the same files were seen. */
async function yaraFacts(
  sql: Sql,
  tenant: string,
  alerts: readonly Alert[],
): Promise<Pick<CaseContext, 'yaraRules' | 'prevalence'>> {
  const reports = alerts.flatMap(alert => yaraReport(alert) ?? [])
  if (reports.length === 0) return {}
  const rows = await rulesNamed(sql, tenant, [...new Set(reports.map(report => report.rule))])
  const yaraRules = rows.map(({ name, version, outline }): YaraRuleFact => {
    const rule = outline as { name: string; tags: string[]; meta: Record<string, unknown> } // Written by `addPack`.
    return { rule: rule.name, pack: `${name} ${version}`, tags: rule.tags, meta: rule.meta }
  })
  const files = [...new Set(reports.map(report => report.sha256))]
    .filter(sha256 => /^[0-9a-f]{64}$/.test(sha256))
    .slice(0, maxFiles)
  const prevalence = await Promise.all(
    files.map(async (sha256): Promise<FilePrevalence[]> => {
      const { hosts, firstSeenMs } = await hostsWithFile(sql, tenant, sha256)
      return firstSeenMs === null
        ? []
        : [{ sha256, hosts: hosts.slice(0, maxHosts), hostCount: hosts.length, firstSeenMs }]
    }),
  )
  return { yaraRules, prevalence: prevalence.flat() }
}

/**
 * Alerts read lately, by their raw text, about 20 MB: a growing case is investigated again and again, and so is what
 * stands around it. What stored alerts say never changes; which of them there still are, the store is asked each time.
 */
const readLately = new BoundedMap<string, { readonly receivedMs: number; readonly alert: Alert | undefined }>(
  2000,
)

/** A stored alert is read from its raw text again: what the store keeps beside it is for lists. */
function readAgain({ raw, receivedMs }: RawAlertRow): Alert | undefined {
  const read = () => {
    const line = normalizeLine(Buffer.from(raw), { where: 'store', receivedAtMs: receivedMs })
    return { receivedMs, alert: line.kind === 'quarantined' ? undefined : line.alert }
  }
  if (raw.length > maxRemembered) return read().alert
  const known = readLately.touch(raw, read)
  return known.receivedMs === receivedMs ? known.alert : read().alert
}

/** Characters; longer alerts are rare and would fill the memory. */
const maxRemembered = 16_384

async function alertsAround(
  sql: Sql,
  tenant: string,
  draft: CaseDraft,
  alerts: readonly Alert[],
): Promise<Alert[]> {
  const { id: caseId, firstSeenMs, lastSeenMs } = draft
  const sources = draft.entities.filter(entity => entity.type === 'address' && entity.role === 'source')
  const onHosts = await alertsOnHosts(sql, tenant, {
    caseId,
    firstSeenMs,
    lastSeenMs,
    windowMs: hostWindowMs,
    limit: maxAround,
    agentNames: [...new Set(alerts.map(alert => alert.agent.name))],
  })
  const fromSources =
    sources.length === 0
      ? []
      : await alertsFromSources(sql, tenant, {
          caseId,
          fromMs: firstSeenMs - sourceWindowMs,
          toMs: lastSeenMs + sourceWindowMs,
          limit: maxAround,
          addresses: sources.map(entity => entity.value),
        })
  const found = [...onHosts, ...fromSources].flatMap(row => readAgain(row) ?? [])
  return [...new Map(found.map(alert => [alert.key, alert])).values()]
}

/** How often the case's rules fired on their hosts in the days before it, as far as there is a memory of that. */
async function historyOf(
  sql: Sql,
  tenant: string,
  draft: CaseDraft,
  alerts: readonly Alert[],
): Promise<HistoryFact[]> {
  const today = Math.floor(draft.firstSeenMs / dayMs)
  const byLevel = alerts.toSorted((a, b) => b.rule.level - a.rule.level)
  const subjects = new Map(
    byLevel.map(({ rule, agent }) => [
      `rule ${rule.id} on ${agent.name}`,
      { ruleId: rule.id, agentName: agent.name },
    ]),
  )
  const rows = await ruleHistory(
    sql,
    tenant,
    [...subjects.values()].slice(0, maxSubjects),
    today,
    historyDays,
  )
  return rows.map(row => ({
    subject: `rule ${row.ruleId} on ${row.agentName}`,
    alertsBefore: row.alerts,
    overMs: row.days * dayMs,
    ...(row.lastSeenMs === null ? {} : { lastSeenMs: row.lastSeenMs }),
  }))
}

async function pastVerdictsOf(sql: Sql, tenant: string, draft: CaseDraft): Promise<PastVerdict[]> {
  const rows = await decidedLikeThis(sql, tenant, draft.id, draft.title, 3)
  return rows.map(row => ({ ...row, similarity: 'the same rule on the same host' }))
}

/** How far a source's word goes, by its Admiralty grade. F is "cannot be judged", which is not the same as unreliable. */
const trustShares: Readonly<Record<string, number>> = { A: 1, B: 0.95, C: 0.8, D: 0.5, E: 0.2, F: 0.7 }

async function sightingFacts(
  sql: Sql,
  tenant: string,
  caseId: string,
  nowMs: number,
): Promise<SightingFact[]> {
  const rows = await sightingsOfCase(sql, tenant, caseId, maxSightings)
  return rows.map(({ reportedMs, ...row }) => ({
    ...row,
    // A sighting of an old report's address is worth as much as the address still is.
    confidence: currentConfidence({ ...row, lastMs: reportedMs }, nowMs) * (trustShares[row.trust] ?? 0.7),
  }))
}
