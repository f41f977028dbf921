import type { Alert, Entity } from '../domain/alert.ts'
import { isLoopback } from '../domain/network-address.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { lowerBound } from '../lib/sorted-search.ts'
import { type Assessment, assessmentOf, logOddsOf, signalsOf, strongLogOdds } from './assess-alert.ts'
import type { Signal } from './signal.ts'
import { spreadSignals } from './spread.ts'

/** How far around an alert its host's other alerts still colour it. */
const hostWindowMs = 15 * 60_000
/** How long after guessing a success may have come of it. */
const guessWindowMs = 60 * 60_000
/** How far around an alert others from the same source address still colour it. */
const sourceWindowMs = 12 * 60 * 60_000

/**
 * Assesses the alerts of one case, each in the light of the others: a `whoami` between two encoded downloads is not
 * what it is by itself. `around` are alerts outside the case (same hosts, close in time); they colour, but are not
 * assessed. Order as given.
 */
export function assessCase(alerts: readonly Alert[], around: readonly Alert[] = []): Assessment[] {
  const byHost = new StrongAlerts()
  const bySource = new StrongAlerts()
  const guessesBySource = Map.groupBy(
    [...alerts, ...around].filter(isGuessing),
    alert => sourceOf(alert)?.value,
  )
  for (const alert of [...alerts, ...around]) {
    if (logOddsOf(knownSignals(alert)) < strongLogOdds) continue
    if (!isFromSensor(alert)) byHost.add(alert.agent.name, alert)
    const source = sourceOf(alert)
    if (source !== undefined) bySource.add(source.value, alert)
  }
  const spread = spreadSignals([...alerts, ...around])
  return alerts.map(alert => {
    const known = knownSignals(alert)
    const signals = [...known, ...enteredAfterGuessing(alert, guessesBySource), ...(spread.get(alert) ?? [])]
    const context = [hostCompany(alert, byHost), sourceCompany(alert, bySource)].flatMap(
      signal => signal ?? [],
    )
    // What explains an alert well explains it also while something else is going on.
    const share = logOddsOf(signals) <= -1.5 ? 0.5 : 1
    const coloured = context.map(signal => ({ ...signal, weight: signal.weight * share }))
    return assessmentOf(alert.key, [...signals, ...coloured])
  })
}

/** A rule that counts failed logons has fired: eight and more in a short time, by Wazuh's own rules. */
function isGuessing(alert: Alert): boolean {
  return (
    sourceOf(alert) !== undefined && knownSignals(alert).some(signal => signal.id === 'repeated-failures')
  )
}

/**
 * A logon that succeeded from where passwords were guessed a little before: what is harmless by itself is the worst
 * that guessing can come to. Not from this host's own rule that says so already.
 */
function enteredAfterGuessing(
  alert: Alert,
  guesses: ReadonlyMap<string | undefined, readonly Alert[]>,
): Signal[] {
  const source = sourceOf(alert)
  if (source === undefined || !alert.rule.groups.includes('authentication_success')) return []
  if (knownSignals(alert).some(signal => signal.id === 'success-after-failures')) return []
  const before = guesses
    .get(source.value)
    ?.some(
      ({ timestampMs }) =>
        timestampMs <= alert.timestampMs && timestampMs >= alert.timestampMs - guessWindowMs,
    )
  const quote = readPointer(alert.document, source.pointer)
  return before === true
    ? [
        {
          id: 'success-after-failures',
          weight: 2.6,
          reason: 'a logon succeeded from an address that had guessed passwords within the hour before',
          pointer: source.pointer,
          quote: typeof quote === 'string' ? quote : source.value,
        },
      ]
    : []
}

/** An alert is read once, however many cases it stands around of. Alerts never change. */
const readBefore = new WeakMap<Alert, readonly Signal[]>()

function knownSignals(alert: Alert): readonly Signal[] {
  const known = readBefore.get(alert) ?? signalsOf(alert)
  readBefore.set(alert, known)
  return known
}

/** Counts strong alerts of a place within a time, in logarithmic time: a brute force can be a case of 100,000. */
class StrongAlerts {
  readonly #byPlace = new Map<string, Alert[]>()
  #sorted = false

  add(place: string, alert: Alert): void {
    const list = this.#byPlace.get(place)
    if (list === undefined) this.#byPlace.set(place, [alert])
    else list.push(alert)
    this.#sorted = false
  }

  /** How many others there are at the place within `windowMs` of the alert. */
  countNear(place: string, alert: Alert, windowMs: number): number {
    if (!this.#sorted) {
      for (const list of this.#byPlace.values()) list.sort((a, b) => a.timestampMs - b.timestampMs)
      this.#sorted = true
    }
    const list = this.#byPlace.get(place) ?? []
    const first = lowerBound(list, alert.timestampMs - windowMs, timeOf)
    const end = lowerBound(list, alert.timestampMs + windowMs + 1, timeOf)
    const isAmongThem = logOddsOf(knownSignals(alert)) >= strongLogOdds && end > first
    return end - first - (isAmongThem ? 1 : 0)
  }
}

function timeOf(alert: Alert): number {
  return alert.timestampMs
}

/** A network sensor reports on everybody: what else it reported says nothing about one connection. */
function isFromSensor(alert: Alert): boolean {
  return alert.rule.groups.includes('ids')
}

function hostCompany(alert: Alert, strong: StrongAlerts): Signal | undefined {
  const near = isFromSensor(alert) ? 0 : strong.countNear(alert.agent.name, alert, hostWindowMs)
  if (near === 0) return undefined
  return {
    id: 'strong-company',
    weight: Math.min(1.5, Math.round(7 + 2 * near) / 10),
    reason: `${speakOfAttack(near)} on this host within ${hostWindowMs / 60_000} minutes`,
    pointer: alert.generation === 5 ? '/wazuh/agent/name' : '/agent/name',
    quote: alert.agent.name,
  }
}

function sourceCompany(alert: Alert, strong: StrongAlerts): Signal | undefined {
  const source = sourceOf(alert)
  const near = source === undefined ? 0 : strong.countNear(source.value, alert, sourceWindowMs)
  if (source === undefined || near === 0) return undefined
  const quote = readPointer(alert.document, source.pointer)
  return {
    id: 'strong-source',
    weight: 0.8,
    reason: `${speakOfAttack(near)} from the same source address within ${sourceWindowMs / 3_600_000} hours`,
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
