import { type Assessment, assessmentOf } from '../assess/assess-alert.ts'
import type { Alert } from '../domain/alert.ts'
import type { IndicatorType } from '../domain/indicator.ts'
import type { SightingFact } from '../evidence/case-context.ts'
import { reportName, roleWords } from '../evidence/sighting.ts'
import { locateIndicator } from '../indicators/locate-indicator.ts'

/** Roles that say nothing about an attack: a report also names victims and what is harmless. */
const harmlessRoles = new Set(['victim', 'reference', 'internal'])

/** Log-odds of a value that a report surely calls an attacker's. */
const fullWeight = 2.2
/** Where the report does not say what the value is. */
const unknownRoleShare = 0.6

/** Assessments in the light of what threat reports say: an alert with a known command server needs a person. */
export function withKnownIndicators(
  alerts: readonly Alert[],
  assessments: readonly Assessment[],
  sightings: readonly SightingFact[],
): Assessment[] {
  const byAlert = Map.groupBy(
    sightings.filter(({ role }) => !harmlessRoles.has(role)),
    ({ alertKey }) => alertKey,
  )
  return assessments.map((assessment, index) => {
    const alert = alerts[index]
    const fact = byAlert.get(assessment.alertKey)?.toSorted((a, b) => b.confidence - a.confidence)[0]
    if (alert === undefined || fact === undefined) return assessment
    // Stored from the vocabulary of indicator types.
    const place = locateIndicator(alert.document, { type: fact.type as IndicatorType, value: fact.value })
    if (place === undefined) return assessment
    const share = fact.role === 'unknown' ? unknownRoleShare : 1
    const signal = {
      id: 'known-indicator',
      weight: fullWeight * fact.confidence * share,
      reason: `${reportName(fact)} lists ${fact.value} as ${roleWords(fact.role)}`,
      ...place,
    }
    return assessmentOf(
      assessment.alertKey,
      [...assessment.signals, signal].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    )
  })
}
