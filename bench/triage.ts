// Scores the triage without a model on labelled alerts, beside the published model runs on the same kind of data.
// `npm run bench triage`. The labelled alerts lie beside the checkout and are not shipped.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { logOddsOf, signalsOf } from '../src/assess/assess-alert.ts'
import { assessCase } from '../src/assess/assess-case.ts'
import { type Calibration, calibrate, shippedCalibration } from '../src/assess/calibration.ts'
import { AlertReader } from '../src/commands/triage/read-alerts.ts'
import { casesOf } from '../src/commands/triage/triage-alerts.ts'
import type { Alert } from '../src/domain/alert.ts'
import { seededRandom } from '../src/lib/seeded-random.ts'
import { sharedData } from '../test/support/shared-data.ts'

interface Scored {
  readonly rule: string
  readonly positive: boolean
  readonly logOdds: number
}

function report(path: string): void {
  const { alerts, labels } = labelled(path, text => text)
  const nameless = labelled(path, text => text.replaceAll(toolNames, 'xyz')).alerts
  const inCase = new Map(
    casesOf(alerts)
      .flatMap(context => context.assessments)
      .map(found => [found.alertKey, found]),
  )
  const scored = (logOdds: (alert: Alert) => number): Scored[] =>
    alerts.map(alert => ({
      rule: alert.rule.id,
      positive: labels.get(alert.id) === true,
      logOdds: logOdds(alert),
    }))
  const full = scored(alert => logOddsOf(inCase.get(alert.key)?.signals ?? []))
  const alone = scored(alert => logOddsOf(signalsOf(alert)))
  const unseen = unseenRules(alerts, labels)
  const withoutNames = nameless.map(alert => ({
    rule: alert.rule.id,
    positive: labels.get(alert.id) === true,
    logOdds: logOddsOf(signalsOf(alert)),
  }))

  console.log(
    `labelled alerts: ${alerts.length}, true positives ${full.filter(item => item.positive).length}`,
  )
  console.log('published, one model call per alert, all 178 alerts of the set:')
  console.log(
    '  gpt-4.5 accuracy 0.820 (TPR 0.933, FPR 0.338), gpt-4.1 0.702, gpt-4o 0.674, flag everything 0.584',
  )
  show('as shipped, with the company of other alerts', full)
  show('as shipped, each alert alone', alone)
  show('each rule without the reasons that only its own alerts use', unseen)
  show('each alert alone, names of tools and distributions taken out', withoutNames)
  showCrossValidated('calibration fitted on other rules (10 folds by rule)', full)
  for (const [name, items] of [
    ['as shipped', full],
    ['as if each rule were unseen', unseen],
  ] as const) {
    const fit = fitCalibration(items)
    console.log(
      `calibration fitted ${name}: slope ${fit.slope.toFixed(2)}, intercept ${fit.intercept.toFixed(2)}`,
    )
  }
  console.log(
    `calibration shipped: slope ${shippedCalibration.slope}, intercept ${shippedCalibration.intercept}`,
  )
  console.log(`ratio to the best published accuracy (0.820): ${(accuracy(full) / 0.82).toFixed(2)}`)
}

/** Names that give an attack in this data away: what is left must be told by what was done. */
const toolNames =
  /atomicredteam|atomic-red-team|atomictest|invoke-atomic\w*|atomics|redcanaryco|kali|diamorphine|psexesvc|remcom|adfind|powerview|(?:find|get)-domain\w+|invoke-\w+bypass|mimikatz|powersploit|eicar/gi

function labelled(
  path: string,
  change: (text: string) => string,
): { alerts: readonly Alert[]; labels: ReadonlyMap<string, boolean> } {
  const reader = new AlertReader(0)
  reader.read(Buffer.from(change(readFileSync(join(path, 'alerts.ndjson'), 'utf8'))), 'alerts.ndjson')
  const rows = readFileSync(join(path, 'labels.csv'), 'utf8').trim().split(/\r?\n/).slice(1)
  const labels = new Map(rows.map(row => [row.split(',')[0] ?? '', row.split(',')[1] === 'TP']))
  return { alerts: reader.result().alerts, labels }
}

/**
 * What the reasons are worth on rules that nobody looked at when they were written, as far as these alerts can tell:
 * each alert loses every signal that no alert of another rule has.
 */
function unseenRules(alerts: readonly Alert[], labels: ReadonlyMap<string, boolean>): Scored[] {
  const assessed = assessCase(alerts)
  const rulesOfSignal = new Map<string, Set<string>>()
  for (const [index, alert] of alerts.entries()) {
    for (const signal of assessed[index]?.signals ?? []) {
      const rules = rulesOfSignal.get(signal.id) ?? new Set()
      rulesOfSignal.set(signal.id, rules.add(alert.rule.id))
    }
  }
  return alerts.map((alert, index) => {
    const kept = (assessed[index]?.signals ?? []).filter(
      signal => (rulesOfSignal.get(signal.id)?.size ?? 0) > 1,
    )
    return { rule: alert.rule.id, positive: labels.get(alert.id) === true, logOdds: logOddsOf(kept) }
  })
}

function accuracy(items: readonly Scored[]): number {
  return items.filter(item => calibrate(item.logOdds) >= 0.5 === item.positive).length / items.length
}

function rate(items: readonly Scored[], positive: boolean): number {
  const of = items.filter(item => item.positive === positive)
  return of.filter(item => calibrate(item.logOdds) >= 0.5).length / Math.max(1, of.length)
}

function show(name: string, items: readonly Scored[]): void {
  const interval = (measure: (sample: readonly Scored[]) => number) => {
    const [low, high] = bootstrap(items, measure)
    return `${measure(items).toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
  }
  console.log(`${name}:`)
  console.log(`  accuracy ${interval(accuracy)}`)
  console.log(
    `  TPR ${interval(sample => rate(sample, true))}   FPR ${interval(sample => rate(sample, false))}`,
  )
  console.log(`  Brier ${brier(items, shippedCalibration).toFixed(3)}`)
}

/** 95 % intervals, resampling whole rules: alerts of one rule are not independent. Seeded. */
function bootstrap(
  items: readonly Scored[],
  measure: (sample: readonly Scored[]) => number,
): [number, number] {
  const random = seededRandom(7)
  const groups = [...Map.groupBy(items, item => item.rule).values()]
  const values = Array.from({ length: 2000 }, () =>
    measure(groups.flatMap(() => groups[Math.floor(random() * groups.length)] ?? [])),
  ).sort((a, b) => a - b)
  return [values[50] ?? 0, values[1949] ?? 1]
}

function brier(items: readonly Scored[], calibration: Calibration): number {
  return (
    items.reduce(
      (sum, item) => sum + (calibrate(item.logOdds, calibration) - Number(item.positive)) ** 2,
      0,
    ) / items.length
  )
}

function showCrossValidated(name: string, items: readonly Scored[]): void {
  const rules = [...new Set(items.map(item => item.rule))].sort()
  const foldOf = new Map(rules.map((rule, index) => [rule, index % 10]))
  let squares = 0
  let right = 0
  for (let fold = 0; fold < 10; fold++) {
    const held = items.filter(item => foldOf.get(item.rule) === fold)
    const fit = fitCalibration(items.filter(item => foldOf.get(item.rule) !== fold))
    squares += brier(held, fit) * held.length
    right += held.filter(item => calibrate(item.logOdds, fit) >= 0.5 === item.positive).length
  }
  console.log(
    `${name}:\n  accuracy ${(right / items.length).toFixed(3)}, Brier ${(squares / items.length).toFixed(3)}`,
  )
}

/** Slope and intercept by gradient descent on the log loss, drawn towards 0.8 and 0 (few alerts, many doubts). */
function fitCalibration(items: readonly Scored[]): Calibration {
  let slope = 0.8
  let intercept = 0
  for (let step = 0; step < 3000; step++) {
    let slopeGradient = 2 * (slope - 0.8)
    let interceptGradient = 2 * intercept
    for (const item of items) {
      const error = 1 / (1 + Math.exp(-(slope * item.logOdds + intercept))) - Number(item.positive)
      slopeGradient += error * item.logOdds
      interceptGradient += error
    }
    slope -= (0.2 * slopeGradient) / items.length
    intercept -= (0.2 * interceptGradient) / items.length
  }
  return { slope, intercept }
}

const folder = sharedData('alerts')
if (folder !== undefined) report(folder)
