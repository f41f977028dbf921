import type { QuarantinedLine } from '../domain/alert.ts'
import type { StoredIdentity } from '../store/alerts.ts'
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

/**
 * Parts what is new from what is known and from what cannot be taken. `stored`: what is stored already of the alerts
 * among these lines (`keysOf`).
 */
export function sortOut(lines: readonly ArrivedLine[], stored: Iterable<StoredIdentity>): SortedOut {
  const quarantined = lines.flatMap(line => line.quarantined ?? [])
  const known = new Map<string, StoredIdentity>()
  for (const identity of stored) known.set(identity.key, identity)
  const fresh: ArrivedAlert[] = []
  let duplicates = 0
  let ignored = 0
  for (const { alert } of lines) {
    if (alert === undefined) continue
    if (alert.isOwn) {
      ignored++
      continue
    }
    const before = known.get(alert.key)
    if (before === undefined) {
      known.set(alert.key, identityOf(alert))
      fresh.push(alert)
    } else if (isSame(before, identityOf(alert))) duplicates++
    else quarantined.push(impostor(alert))
  }
  return { fresh: fresh.sort((a, b) => a.timestampMs - b.timestampMs), duplicates, quarantined, ignored }
}

/** The keys under which the alerts of these lines would be stored. */
export function keysOf(lines: readonly ArrivedLine[]): string[] {
  return lines.flatMap(({ alert }) => (alert === undefined || alert.isOwn ? [] : alert.key))
}

export function identityOf(alert: ArrivedAlert): StoredIdentity {
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
