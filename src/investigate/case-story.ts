import type { Assessment } from '../assess/assess-alert.ts'
import type { Signal } from '../assess/signal.ts'
import type { Alert, Entity } from '../domain/alert.ts'
import { isLoopback } from '../domain/network-address.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { placeOf } from '../evidence/place.ts'
import { attackBehaviours } from './attack-behaviours.ts'
import type { Behaviour } from './behaviour.ts'
import { identityBehaviours } from './identity-behaviours.ts'
import { networkBehaviours } from './network-behaviours.ts'
import { routineBehaviours } from './routine-behaviours.ts'
import { serviceBehaviours } from './service-behaviours.ts'

/** One thing that happened in a case, with the alert that shows it best. */
export interface Episode {
  readonly behaviour: Behaviour
  readonly signal: Signal
  readonly alert: Alert
  /** How many alerts show it, and when the first did. */
  readonly alerts: number
  readonly firstSeenMs: number
}

/** What a case tells, before it is put into sentences. */
export interface CaseStory {
  /** Strongest first; at most one per kind of behaviour. */
  readonly episodes: readonly Episode[]
  /** Hosts, and what else an alert can be about: a cloud account, a network device. */
  readonly hosts: readonly string[]
  /** Those of the most telling alert first, the acting before those acted upon. */
  readonly users: readonly string[]
  readonly actors: readonly string[]
  /** The account with which a logon succeeded after guessing. */
  readonly entered: string | undefined
  readonly sources: readonly string[]
  /** The alert that needs a person most. */
  readonly top: AssessedAlert | undefined
}

export interface AssessedAlert {
  readonly alert: Alert
  readonly assessment: Assessment
}

/** Finds what happened: the strongest signal of each kind over all alerts, and who and where. */
export function caseStory(context: CaseContext): CaseStory {
  const pairs = context.alerts.flatMap((alert, index) => {
    const assessment = context.assessments[index]
    return assessment === undefined ? [] : [{ alert, assessment }]
  })
  const top = pairs.toSorted((a, b) => b.assessment.probability - a.assessment.probability)[0]
  const episodes = episodesOf(pairs, top?.assessment.probability ?? 0)
  const isPerson = (entity: Entity) => entity.type === 'user' && !machineAccounts.test(entity.value)
  const isActor = (entity: Entity) => isPerson(entity) && entity.role === 'actor' && !isTried(context, entity)
  const firstOf = (wanted: (entity: Entity) => boolean) =>
    top?.alert.entities.filter(wanted).map(({ value }) => value) ?? []
  const actors = entityValues(context, isActor)
  return {
    episodes,
    hosts: byFrequency(context.alerts.map(placeOf)),
    users: unique([...firstOf(isActor), ...firstOf(isPerson), ...entityValues(context, isPerson)]),
    actors: unique([...firstOf(isActor), ...actors]),
    entered: episodes
      .find(({ signal }) => signal.id === 'success-after-failures')
      ?.alert.entities.find(isPerson)?.value,
    sources: entityValues(
      context,
      ({ type, role, value }) => type === 'address' && role === 'source' && !isLoopback(value),
    ),
    top,
  }
}

/** Signals without an entry colour the verdict but are not told. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  ...attackBehaviours,
  ...identityBehaviours,
  ...networkBehaviours,
  ...routineBehaviours,
  ...serviceBehaviours,
}

/** A name in a failed logon was tried by somebody; nobody acted under it. */
const failedLogons =
  /^(?:authentication_fail(?:ed|ures)|invalid_login|login_denied|win_authentication_failed)$/

function isTried({ alerts }: CaseContext, entity: Entity): boolean {
  return alerts.every(
    ({ entities, rule }) =>
      !entities.some(({ type, value }) => type === 'user' && value === entity.value) ||
      rule.groups.some(group => failedLogons.test(group)),
  )
}

const unique = (values: readonly string[]): string[] => [...new Set(values)]

/** Accounts of computers and of Windows itself: behind them stands no person who could be asked. */
export const machineAccounts = /^(?:system|local service|network service|.*\$)$/

/** A case that needs a person is told by what speaks for it, a harmless one by what explains it, a doubtful by both. */
function episodesOf(pairs: readonly AssessedAlert[], probability: number): Episode[] {
  const tells = (weight: number) => (probability >= 0.6 ? weight > 0 : probability < 0.4 ? weight < 0 : true)
  const found = new Map<string, Episode>()
  for (const { alert, assessment } of pairs) {
    for (const signal of assessment.signals) {
      const behaviour = behaviourOf(signal)
      if (behaviour === undefined || !tells(signal.weight)) continue
      const known = found.get(behaviour.happened)
      const stronger = known === undefined || Math.abs(signal.weight) > Math.abs(known.signal.weight)
      found.set(behaviour.happened, {
        behaviour,
        signal: stronger ? signal : known.signal,
        alert: stronger ? alert : known.alert,
        alerts: (known?.alerts ?? 0) + 1,
        firstSeenMs: Math.min(alert.timestampMs, known?.firstSeenMs ?? alert.timestampMs),
      })
    }
  }
  return withoutRepetition([...found.values()]).sort(
    (a, b) => Math.abs(b.signal.weight) - Math.abs(a.signal.weight),
  )
}

/** What another episode says better is left out. */
function withoutRepetition(episodes: readonly Episode[]): Episode[] {
  const told = new Set(episodes.map(({ signal }) => signal.id))
  return episodes.filter(({ behaviour }) => !behaviour.saidBy?.some(id => told.has(id)))
}

/** The episodes whose open questions are still open: whether guessing succeeded is no question once it did. */
export function unsettled(episodes: readonly Episode[]): Episode[] {
  const settled = new Set(episodes.flatMap(({ behaviour }) => behaviour.settles ?? []))
  return episodes.filter(({ signal }) => !settled.has(signal.id))
}

function behaviourOf(signal: Signal): Behaviour | undefined {
  const behaviour = Object.hasOwn(behaviours, signal.id) ? behaviours[signal.id] : undefined
  // Where the kind of thing says too little, the reason says what happened.
  return behaviour?.happened === '' ? { ...behaviour, happened: signal.reason } : behaviour
}

function entityValues(context: CaseContext, wanted: (entity: Entity) => boolean): string[] {
  return byFrequency(
    context.alerts.flatMap(alert => alert.entities.filter(wanted).map(entity => entity.value)),
  )
}

function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).map(([value]) => value)
}
