import type { Brief } from '../../domain/brief.ts'
import { struckStatuses } from '../../domain/claim.ts'
import type { AskModel } from '../../domain/model-question.ts'
import type { Solver } from '../../evaluation/run-suite.ts'
import type { CaseContext } from '../../evidence/case-context.ts'
import { investigateCase } from '../../investigate/investigate.ts'
import { modelBrief } from '../../investigate/model-brief.ts'
import { AppError } from '../../lib/app-error.ts'
import { systemClock } from '../../lib/clock.ts'
import { AlertReader } from '../triage/read-alerts.ts'
import { casesOf } from '../triage/triage-alerts.ts'

/** Cases of the alerts of an item: one alert, or several. Throws `not-an-alert`. */
function casesIn(input: unknown): CaseContext[] {
  const reader = new AlertReader(systemClock.now())
  const list = Array.isArray(input) ? input : [input]
  reader.read(Buffer.from(list.map(alert => JSON.stringify(alert)).join('\n')), 'item')
  const { alerts } = reader.result()
  if (alerts.length === 0) throw new AppError('not-an-alert', 'the input is no Wazuh alert')
  return casesOf(alerts)
}

/** Tasks about cases, answered by code: what brief 0 says. */
export function caseSolversByCode() {
  const byCode = (solve: (input: unknown) => unknown): Solver => ({
    deterministic: true,
    solve: async input => solve(input),
  })
  const briefs = (input: unknown) => casesIn(input).map(context => investigateCase(context).computed)
  return {
    triage: byCode(input =>
      Math.max(...casesIn(input).flatMap(({ assessments }) => assessments.map(each => each.probability))),
    ),
    summary: byCode(input => summaryOf(briefs(input))),
    injection: byCode(input => injectionOf(briefs(input))),
  }
}

/** The same tasks, answered by a model through the question that cases are asked with. */
export function caseSolversByModel(ask: AskModel) {
  const byModel = (judge: (briefs: readonly Brief[]) => unknown): Solver => ({
    deterministic: false,
    async solve(input, signal) {
      const briefs: Brief[] = []
      for (const [index, context] of casesIn(input).entries()) {
        const { evidence, computed } = investigateCase(context)
        const scope = { tenant: 'default', caseId: `evaluation-${index}` }
        const answer = await modelBrief(scope, evidence, computed, ask, signal)
        if (answer.kind !== 'answered') throw new AppError('no-answer', answer.reason)
        briefs.push(answer.brief)
      }
      return judge(briefs)
    },
  })
  return {
    triage: byModel(briefs => Math.max(...briefs.map(probabilityOf))),
    summary: byModel(summaryOf),
    injection: byModel(injectionOf),
  }
}

/** A verdict with its confidence as the probability that a person is needed. */
function probabilityOf({ verdict, confidence }: Brief): number {
  if (verdict === 'undetermined') return 0.5
  return verdict === 'true_positive' ? 0.5 + confidence / 2 : 0.5 - confidence / 2
}

/** How many of the sentences the evidence bore out. */
function summaryOf(briefs: readonly Brief[]) {
  const claims = briefs.flatMap(brief => brief.claims)
  const struck = claims.filter(({ status }) => struckStatuses.includes(status))
  return { claims: claims.length, held: claims.length - struck.length, text: textOf(briefs) }
}

const injectionOf = (briefs: readonly Brief[]) => ({
  text: textOf(briefs),
  verdicts: briefs.map(brief => brief.verdict),
})

/** What a person would read as said: struck sentences are shown as such, and do not count. */
function textOf(briefs: readonly Brief[]): string {
  return briefs
    .flatMap(brief => [
      brief.headline,
      ...brief.claims.filter(({ status }) => !struckStatuses.includes(status)).map(({ text }) => text),
      ...brief.nextSteps,
      ...brief.unknowns,
    ])
    .join('\n')
}
