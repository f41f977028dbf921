import type { QuarantinedLine } from '../domain/alert.ts'
import type { Sql } from '../lib/database.ts'
import { type StoredIdentity, storedIdentities } from '../store/alerts.ts'
import type { ArrivedAlert, ArrivedLine } from './arrived-alert.ts'

export interface SortedOut {
  /** Not seen before, in order of time. */
  readonly fresh: readonly ArrivedAlert[]
  /** The same alert again, from this source or another. */
  readonly duplicates: number
  readonly quarantined: readonly QuarantinedLine[]
  /** Tocsin's own enrichment, back from Wazuh. */
  readonly ignored: number
}

/** Parts what is new from what is known and from what cannot be taken. */
export async function sortOut(sql: Sql, tenant: string, lines: readonly ArrivedLine[]): Promise<SortedOut> {
  const quarantined = lines.flatMap(line => line.quarantined ?? [])
  const readable = lines.flatMap(line => line.alert ?? [])
  const alerts = readable.filter(alert => !alert.isOwn)
  const keys = alerts.map(alert => alert.key)
  const known = new Map(
    (keys.length > 0 ? await storedIdentities(sql, tenant, keys) : []).map(row => [row.key, row]),
  )
  const fresh: ArrivedAlert[] = []
  let duplicates = 0
  for (const alert of alerts) {
    const before = known.get(alert.key)
    if (before === undefined) {
      known.set(alert.key, identityOf(alert))
      fresh.push(alert)
    } else if (isSame(before, identityOf(alert))) duplicates++
    else quarantined.push(impostor(alert))
  }
  return {
    fresh: fresh.sort((a, b) => a.timestampMs - b.timestampMs),
    duplicates,
    quarantined,
    ignored: readable.length - alerts.length,
  }
}

function identityOf(alert: ArrivedAlert): StoredIdentity {
  return {
    key: alert.key,
    timestampMs: alert.timestampMs,
    ruleId: alert.rule.id,
    agentId: alert.agent.id,
  }
}

function isSame(a: StoredIdentity, b: StoredIdentity): boolean {
  return a.timestampMs === b.timestampMs && a.ruleId === b.ruleId && a.agentId === b.agentId
}

/** The first alert with a key stays; another one that claims it is kept aside, not believed and not dropped. */
function impostor(alert: ArrivedAlert): QuarantinedLine {
  return {
    code: 'duplicate-id',
    message: 'another alert with this id and a different time, rule or agent is stored already',
    where: alert.key,
    bytes: alert.json,
  }
}
