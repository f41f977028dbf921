import { type Assessment, logOddsOf } from '../assess/assess-alert.ts'
import { calibrate } from '../assess/calibration.ts'
import type { Alert } from '../domain/alert.ts'
import { type Leaning, urgencyOf } from '../domain/queue-place.ts'
import { severities } from '../domain/verdict.ts'
import { alertTrust } from '../evidence/alert-trust.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { spokenTexts } from '../verify/spoken-texts.ts'
import { caseVerdict, harmlessBelow } from './compute-brief.ts'

/**
 * What brief 0 makes of a case's place in the queue. A likely attack goes up. A case that it calls harmless goes down only
 * where it would also say so without anything that an attacker could have written: a file name, a command line or a log
 * line may explain an alert to a person, but must not move it out of that person's sight.
 */
export function queueLeaning(context: CaseContext): Leaning {
  const { verdict } = caseVerdict(context)
  if (verdict === 'true_positive') return 1
  return verdict !== 'undetermined' && isProvenHarmless(context) ? -1 : 0
}

/** Every alert was read (a flood hides what was not), and each is harmless by what Wazuh, the sensor or the kernel wrote. */
function isProvenHarmless({ case: { alertCount }, alerts, assessments }: CaseContext): boolean {
  return (
    alerts.length > 0 &&
    alerts.length >= alertCount &&
    alerts.every((alert, index) => {
      const assessment = assessments[index]
      return assessment !== undefined && provenProbability(alert, assessment) < harmlessBelow
    })
  )
}

/** The probability that an alert needs a person, all that speaks for it counted, and against it only what is observed. */
function provenProbability(alert: Alert, { signals }: Assessment): number {
  const kept = signals.filter(
    ({ weight, pointer }) => weight > 0 || alertTrust(alert, pointer) === 'observed',
  )
  return calibrate(logOddsOf(kept))
}

/** Where a case stands that is in no store, and nobody has decided. */
export function caseUrgency(context: CaseContext): number {
  const speaks = context.alerts.some(alert =>
    spokenTexts(alert, 1).some(({ pointer }) => alertTrust(alert, pointer) === 'attacker-controlled'),
  )
  const step = severities.indexOf(context.case.severity) + (speaks ? 1 : 0)
  const leaning = queueLeaning(context)
  return urgencyOf(severities[step] ?? 'critical', speaks && leaning < 0 ? 0 : leaning)
}
