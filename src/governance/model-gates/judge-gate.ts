import { isPromotion, type ModelState } from '../../domain/model-state.ts'
import { count } from '../../lib/count.ts'
import type { ShadowRecord } from '../../store/shadow-briefs.ts'
import type { GateSettings } from './gate-settings.ts'

/** One condition of a promotion, and how it stands. */
export interface GateCheck {
  readonly name: string
  readonly passed: boolean
  /** For a person: what was found, and what would pass. */
  readonly detail: string
}

/** An evaluation as a gate reads it: the score's lower bound, and the score of each task. */
export interface GateRun {
  readonly suite: string
  readonly low: number
  readonly tasks: Readonly<Record<string, number>>
  readonly atMs: number
}

/** The provider's entry in the supplier register. */
export interface GateSupplier {
  readonly reviewDueMs: number
}

export interface GateQuestion {
  readonly from: ModelState
  readonly to: ModelState
  readonly settings: GateSettings
  readonly zone: string
  readonly provider: string
  /** Newest first, of exactly this profile. */
  readonly runs: readonly GateRun[]
  readonly shadow: ShadowRecord | undefined
  readonly supplier: GateSupplier | undefined
  /** Who wants to move it, and who moved it last. */
  readonly by: string
  readonly lastMovedBy: string | null
  /** McNemar's p of shadow against shown on decided cases; computed by the caller. */
  readonly worseThanShown: { readonly p: number; readonly worse: boolean }
  readonly nowMs: number
}

const dayMs = 86_400_000

/** What stands between a profile and its next state. Going back, or out, is always free. */
export function judgeGate(question: GateQuestion): GateCheck[] {
  const { from, to } = question
  if (!isPromotion(from, to)) return []
  return [
    ...supplierCheck(question),
    ...(to === 'canary' || to === 'active' ? [...suiteChecks(question), ...shadowChecks(question)] : []),
    ...(to === 'active' ? [secondPerson(question)] : []),
  ]
}

/** Who runs the model is known and was reviewed in time; nothing to check where it runs on our own machine. */
export function supplierCheck({
  supplier,
  provider,
  zone,
  nowMs,
}: Pick<GateQuestion, 'supplier' | 'provider' | 'zone' | 'nowMs'>): GateCheck[] {
  if (zone === 'local') return []
  const name = `supplier ${provider}`
  if (supplier === undefined)
    return [
      {
        name,
        passed: false,
        detail: 'it is not in the supplier register: licence, terms, region, training use',
      },
    ]
  const late = Math.ceil((nowMs - supplier.reviewDueMs) / dayMs)
  return [
    late > 0
      ? { name, passed: false, detail: `its review is ${count(late, 'day')} overdue` }
      : { name, passed: true, detail: `reviewed; due again in ${count(-late, 'day')}` },
  ]
}

/** Each suite that the settings ask for, by its newest run. */
export function suiteChecks({
  settings,
  runs,
  nowMs,
}: Pick<GateQuestion, 'settings' | 'runs' | 'nowMs'>): GateCheck[] {
  return Object.entries(settings.suites).map(([suite, least]) => {
    const name = `evaluation ${suite}`
    const run = runs.find(each => each.suite === suite)
    if (run === undefined)
      return {
        name,
        passed: false,
        detail: `tocsin eval run ${suite} --model NAME --record has not been run for this profile`,
      }
    const days = Math.floor((nowMs - run.atMs) / dayMs)
    if (days > settings.evaluationDays)
      return { name, passed: false, detail: `it is ${count(days, 'day')} old: run it again` }
    const [weakest, score] = Object.entries(run.tasks).sort(([, a], [, b]) => a - b)[0] ?? ['', 1]
    if (score < settings.leastTaskScore)
      return {
        name,
        passed: false,
        detail: `task ${weakest} scores ${score.toFixed(2)}, least ${settings.leastTaskScore}`,
      }
    const detail = `lower bound ${run.low.toFixed(2)}, least ${least.toFixed(2)}`
    return { name, passed: run.low >= least, detail }
  })
}

function shadowChecks({ settings, shadow, worseThanShown }: GateQuestion): GateCheck[] {
  const answers = shadow?.answers ?? 0
  const claims = shadow?.claims ?? 0
  const held = claims === 0 ? 0 : 1 - (shadow?.struck ?? 0) / claims
  return [
    {
      name: 'shadow',
      passed: answers >= settings.shadowAnswers,
      detail: `${answers} real cases answered, least ${settings.shadowAnswers}`,
    },
    ...(settings.shadowAnswers === 0
      ? []
      : [
          {
            name: 'claims held',
            passed: held >= settings.leastClaimsHeld,
            detail: `${Math.round(held * 100)} % of ${claims} claims were borne out, least ${Math.round(settings.leastClaimsHeld * 100)} %`,
          },
        ]),
    {
      name: 'against the one in use',
      passed: !worseThanShown.worse,
      detail:
        (shadow?.decided ?? 0) === 0
          ? 'no person has decided a case that both answered'
          : `right on ${shadow?.shadowRight} of ${shadow?.decided} decided cases, the one in use on ${shadow?.shownRight} (McNemar p ${worseThanShown.p.toFixed(3)})`,
    },
  ]
}

function secondPerson({ by, lastMovedBy }: GateQuestion): GateCheck {
  return {
    name: 'second person',
    passed: lastMovedBy !== null && lastMovedBy !== by,
    detail: 'who made it a canary does not make it active',
  }
}
