import type { Assessment } from '../assess/assess-alert.ts'
import type { Signal } from '../assess/signal.ts'
import type { Alert, Entity } from '../domain/alert.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { type Behaviour, behaviours } from './behaviours.ts'

/** One thing that happened in a case, with the alerts that show it. */
export interface Episode {
  readonly behaviour: Behaviour
  readonly signal: Signal
  /** The alert that shows it best, and how many show it. */
  readonly alert: Alert
  readonly alerts: number
}

/** What a case tells, before it is put into sentences. */
export interface CaseStory {
  /** Strongest first; at most one per kind of behaviour. */
  readonly episodes: readonly Episode[]
  readonly hosts: readonly string[]
  readonly users: readonly string[]
  readonly sources: readonly string[]
  /** The alert that needs a person most. */
  readonly top: { readonly alert: Alert; readonly assessment: Assessment } | undefined
}

/** Finds what happened: the strongest signal of each kind over all alerts, and who and where. */
export function caseStory(context: CaseContext): CaseStory {
  const pairs = context.alerts.flatMap((alert, index) => {
    const assessment = context.assessments[index]
    return assessment === undefined ? [] : [{ alert, assessment }]
  })
  const top = pairs.toSorted((a, b) => b.assessment.probability - a.assessment.probability)[0]
  const leaning = (top?.assessment.probability ?? 0) >= 0.4 ? 1 : -1
  return {
    episodes: episodesOf(pairs, leaning),
    hosts: valuesOf(context, entity => entity.type === 'host' && entity.role === 'subject'),
    users: valuesOf(context, entity => entity.type === 'user' && !machineAccounts.test(entity.value)),
    sources: valuesOf(context, entity => entity.type === 'address' && entity.role === 'source'),
    top,
  }
}

const machineAccounts = /^(?:system|local service|network service|.*\$)$/

/** A case that needs a person is told by what speaks for it, another by what explains it. */
function episodesOf(pairs: readonly { alert: Alert; assessment: Assessment }[], leaning: 1 | -1): Episode[] {
  const byKind = new Map<string, Episode>()
  for (const { alert, assessment } of pairs) {
    for (const signal of assessment.signals) {
      const behaviour = Object.hasOwn(behaviours, signal.id) ? behaviours[signal.id] : undefined
      if (behaviour === undefined || signal.weight * leaning <= 0) continue
      const known = byKind.get(behaviour.happened)
      const stronger = known === undefined || Math.abs(signal.weight) > Math.abs(known.signal.weight)
      byKind.set(behaviour.happened, {
        behaviour,
        signal: stronger ? signal : known.signal,
        alert: stronger ? alert : known.alert,
        alerts: (known?.alerts ?? 0) + 1,
      })
    }
  }
  return [...byKind.values()].sort((a, b) => Math.abs(b.signal.weight) - Math.abs(a.signal.weight))
}

function valuesOf(context: CaseContext, wanted: (entity: Entity) => boolean): string[] {
  const counts = new Map<string, number>()
  for (const alert of context.alerts) {
    for (const entity of alert.entities) {
      if (wanted(entity)) counts.set(entity.value, (counts.get(entity.value) ?? 0) + 1)
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([value]) => value)
}
