import { emptyMailOrganisation, mailVerdicts } from '../../../src/domain/mail.ts'
import { mailAnalyser } from '../../../src/mail/analyse-mail.ts'
import { describeMail } from '../../../src/mail/describe-mail.ts'
import { malformedMail, type Random } from './malformed-mail.ts'

export interface MalformedRun {
  readonly count: number
  /** What broke, with the number of the mail; at most 20. */
  readonly faults: readonly string[]
  readonly slowestMs: number
}

/**
 * Analyses malformed mails: none may break the analysis or its page, or give a record out of shape. One that takes longer than
 * `slowMs` is a fault too; tests, which run on busy machines, give no such limit.
 */
export function runMalformed(count: number, random: Random, slowMs = Number.POSITIVE_INFINITY): MalformedRun {
  const analyse = mailAnalyser(emptyMailOrganisation)
  const faults: string[] = []
  let slowestMs = 0
  for (let number = 0; number < count; number++) {
    const message = malformedMail(random)
    const fault = (what: string) => {
      if (faults.length < 20)
        faults.push(`mail ${number}: ${what}: ${message.toString('base64').slice(0, 2_000)}`)
    }
    const start = performance.now()
    const report = analyse(message, 'fuzz', number)
    const tookMs = performance.now() - start
    slowestMs = Math.max(slowestMs, tookMs)
    if (tookMs > slowMs) fault(`took ${Math.round(tookMs)} ms`)
    const broken = report.problems.find(entry => entry.code === 'analysis-failed')
    if (broken) fault(broken.message)
    if (!mailVerdicts.includes(report.verdict) || !(report.probability >= 0 && report.probability <= 1))
      fault('a record out of shape')
    const outside = report.signals.find(
      ({ where }) => where.start < 0 || where.end < where.start || where.end > message.length,
    )
    if (outside) fault(`${outside.id} points outside the message`)
    try {
      describeMail(message, emptyMailOrganisation)
    } catch (error) {
      fault(`its page breaks: ${String(error)}`)
    }
  }
  return { count, faults, slowestMs }
}
