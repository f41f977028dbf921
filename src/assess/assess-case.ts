import type { Alert } from '../domain/alert.ts'
import { type Assessment, assessmentOf, logOddsOf, signalsOf } from './assess-alert.ts'
import type { Signal } from './signal.ts'

/** How far around an alert its host's other alerts still colour it. */
const aroundMs = 15 * 60_000

/**
 * Assesses the alerts of one case, each in the light of the others: a `whoami` between two encoded downloads is not
 * what it is by itself. `around` are alerts outside the case (same hosts, close in time); they colour, but are not
 * assessed. Order as given.
 */
export function assessCase(alerts: readonly Alert[], around: readonly Alert[] = []): Assessment[] {
  const own = alerts.map(alert => ({ alert, signals: signalsOf(alert) }))
  const others = around.map(alert => ({ alert, signals: signalsOf(alert) }))
  const scored = [...own, ...others].map(({ alert, signals }) => ({ alert, logOdds: logOddsOf(signals) }))
  return own.map(({ alert, signals }) => {
    const context = contextSignal(alert, scored)
    return assessmentOf(alert.key, context === undefined ? signals : [...signals, context])
  })
}

interface ScoredAlert {
  readonly alert: Alert
  readonly logOdds: number
}

function contextSignal(alert: Alert, scored: readonly ScoredAlert[]): Signal | undefined {
  const near = scored.filter(
    other =>
      other.alert !== alert &&
      other.alert.agent.name === alert.agent.name &&
      Math.abs(other.alert.timestampMs - alert.timestampMs) <= aroundMs,
  )
  const strong = near.filter(other => other.logOdds >= 1.5)
  if (strong.length === 0) return undefined
  const minutes = Math.round(aroundMs / 60_000)
  return {
    id: 'strong-company',
    weight: Math.min(1.5, 0.7 + 0.2 * strong.length),
    reason: `${strong.length} other alert${strong.length === 1 ? '' : 's'} on this host within ${minutes} minutes ${strong.length === 1 ? 'speaks' : 'speak'} of an attack`,
    pointer: alert.generation === 5 ? '/wazuh/agent/name' : '/agent/name',
    quote: alert.agent.name,
  }
}
