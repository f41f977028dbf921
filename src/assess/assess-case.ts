import type { Alert, Entity } from '../domain/alert.ts'
import { isLoopback } from '../domain/network-address.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { type Assessment, assessmentOf, logOddsOf, signalsOf, strongLogOdds } from './assess-alert.ts'
import type { Signal } from './signal.ts'

/** How far around an alert its host's other alerts still colour it. */
const hostWindowMs = 15 * 60_000
/** How far around an alert others from the same source address still colour it. */
const sourceWindowMs = 12 * 60 * 60_000

/**
 * Assesses the alerts of one case, each in the light of the others: a `whoami` between two encoded downloads is not
 * what it is by itself. `around` are alerts outside the case (same hosts, close in time); they colour, but are not
 * assessed. Order as given.
 */
export function assessCase(alerts: readonly Alert[], around: readonly Alert[] = []): Assessment[] {
  const own = alerts.map(alert => ({ alert, signals: signalsOf(alert) }))
  const others = around.map(alert => ({ alert, signals: signalsOf(alert) }))
  const scored = [...own, ...others].map(({ alert, signals }) => ({ alert, logOdds: logOddsOf(signals) }))
  const strong = scored.filter(other => other.logOdds >= strongLogOdds)
  return own.map(({ alert, signals }) => {
    const context = [hostCompany(alert, strong), sourceCompany(alert, strong)].flatMap(signal => signal ?? [])
    // What explains an alert well explains it also while something else is going on.
    const share = logOddsOf(signals) <= -1.5 ? 0.5 : 1
    return assessmentOf(alert.key, [
      ...signals,
      ...context.map(signal => ({ ...signal, weight: signal.weight * share })),
    ])
  })
}

interface ScoredAlert {
  readonly alert: Alert
  readonly logOdds: number
}

/** A network sensor reports on everybody: what else it reported says nothing about one connection. */
function isFromSensor(alert: Alert): boolean {
  return alert.rule.groups.includes('ids')
}

function hostCompany(alert: Alert, strong: readonly ScoredAlert[]): Signal | undefined {
  if (isFromSensor(alert)) return undefined
  const near = strong.filter(
    other =>
      other.alert !== alert &&
      other.alert.agent.name === alert.agent.name &&
      !isFromSensor(other.alert) &&
      Math.abs(other.alert.timestampMs - alert.timestampMs) <= hostWindowMs,
  )
  if (near.length === 0) return undefined
  return {
    id: 'strong-company',
    weight: Math.min(1.5, 0.7 + 0.2 * near.length),
    reason: `${speakOfAttack(near.length)} on this host within ${hostWindowMs / 60_000} minutes`,
    pointer: alert.generation === 5 ? '/wazuh/agent/name' : '/agent/name',
    quote: alert.agent.name,
  }
}

function sourceCompany(alert: Alert, strong: readonly ScoredAlert[]): Signal | undefined {
  const source = sourceOf(alert)
  if (source === undefined) return undefined
  const near = strong.filter(
    other =>
      other.alert !== alert &&
      sourceOf(other.alert)?.value === source.value &&
      Math.abs(other.alert.timestampMs - alert.timestampMs) <= sourceWindowMs,
  )
  if (near.length === 0) return undefined
  const quote = readPointer(alert.document, source.pointer)
  return {
    id: 'strong-source',
    weight: 0.8,
    reason: `${speakOfAttack(near.length)} from the same source address within ${sourceWindowMs / 3_600_000} hours`,
    pointer: source.pointer,
    quote: typeof quote === 'string' ? quote : source.value,
  }
}

function sourceOf(alert: Alert): Entity | undefined {
  return alert.entities.find(
    entity => entity.type === 'address' && entity.role === 'source' && !isLoopback(entity.value),
  )
}

function speakOfAttack(count: number): string {
  return count === 1 ? 'one other alert speaks of an attack' : `${count} other alerts speak of an attack`
}
