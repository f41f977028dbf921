import type { Finding } from '../signals/finding.ts'
import { type SignalId, signalIds, signalKinds } from '../signals/signal-kinds.ts'
import type { WordFeature } from './words.ts'

/** One logistic model over signals and words. */
export interface LinearModel {
  readonly bias: number
  readonly signals: Readonly<Record<string, number>>
  /** The buckets that carry weight, rising, each as the distance to the one before: unsigned 32-bit, base64. */
  readonly wordBuckets: string
  /** One signed byte for each of them, base64; times `wordScale` it is the weight. */
  readonly wordWeights: string
  readonly wordScale: number
}

export interface WeightsFile {
  readonly version: string
  /** Unwanted (phishing or spam) against wanted mail. */
  readonly unwanted: LinearModel
  /** Phishing against plain spam and loud newsletters. */
  readonly harmful: LinearModel
  /** Platt's step from the combined log-odds to a probability, fitted on held-out folds. */
  readonly calibration: { readonly slope: number; readonly offset: number }
  /** Probabilities from which a mail is called suspicious, and phishing. */
  readonly thresholds: { readonly suspicious: number; readonly phishing: number }
}

/** Bounds on what the words of one mail may add up to: no amount of friendly text outweighs what a mail does. */
export const wordBounds = { low: -3, high: 6 } as const

/** What one part of a score came from. */
export interface Contribution {
  readonly finding: Finding
  readonly weight: number
}

export interface Score {
  readonly logOdds: number
  readonly contributions: readonly Contribution[]
  /** What all words together added, and the ones that added most, strongest first. */
  readonly words: {
    readonly weight: number
    readonly top: readonly { readonly word: string; readonly weight: number }[]
  }
}

const unpacked = new WeakMap<LinearModel, ReadonlyMap<number, number>>()

/** Weight by bucket, unpacked once per model. */
function wordTable(model: LinearModel): ReadonlyMap<number, number> {
  const known = unpacked.get(model)
  if (known) return known
  const table = new Map<number, number>()
  const steps = Buffer.from(model.wordBuckets, 'base64')
  const weights = new Int8Array(Buffer.from(model.wordWeights, 'base64'))
  let bucket = 0
  for (const [at, weight] of weights.entries()) {
    bucket += steps.readUInt32LE(at * 4)
    table.set(bucket, weight * model.wordScale)
  }
  unpacked.set(model, table)
  return table
}

/** Strongest finding of each kind: two links of one sort do not count twice. */
export function strongest(findings: readonly Finding[]): Map<SignalId, Finding> {
  const best = new Map<SignalId, Finding>()
  for (const finding of findings) {
    if ((best.get(finding.id)?.strength ?? 0) < finding.strength) best.set(finding.id, finding)
  }
  return best
}

/** Known words share one unit of weight, however many there are; a handful counts as if there were this many. */
const fewWords = 15

/** The value of each known word of a mail. */
export function wordValue(known: number): number {
  return 1 / Math.sqrt(Math.max(known, fewWords))
}

/** Scores a mail with one model. Every part of the sum is returned, so that it can be shown. */
export function scoreWith(
  model: LinearModel,
  findings: readonly Finding[],
  words: readonly WordFeature[],
): Score {
  const contributions: Contribution[] = []
  let sum = model.bias
  const best = strongest(findings)
  for (const id of signalIds) {
    const finding = best.get(id)
    const weight = (model.signals[id] ?? signalKinds[id].prior) * (finding?.strength ?? 0)
    if (finding === undefined || weight === 0) continue
    sum += weight
    contributions.push({ finding, weight })
  }
  const table = wordTable(model)
  const known = words.flatMap(({ word, bucket }) => {
    const weight = table.get(bucket)
    return weight === undefined ? [] : [{ word, weight }]
  })
  const value = wordValue(known.length)
  const weighed = known.map(({ word, weight }) => ({ word, weight: weight * value }))
  const wordSum = weighed.reduce((total, { weight }) => total + weight, 0)
  const bounded = Math.min(Math.max(wordSum, wordBounds.low), wordBounds.high)
  return {
    logOdds: sum + bounded,
    contributions,
    words: {
      weight: bounded,
      top: weighed.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 6),
    },
  }
}

export function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value))
}

/** The log-odds of "unwanted and harmful" from the two models' log-odds, as if they were independent. */
export function combine(unwanted: number, harmful: number): number {
  const p = logistic(unwanted) * logistic(harmful)
  return Math.log(p / (1 - p))
}
