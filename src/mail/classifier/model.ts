import type { Finding } from '../signals/finding.ts'
import { type SignalId, signalIds } from '../signals/signal-kinds.ts'
import { type WordFeature, wordBuckets } from './words.ts'

/** One logistic model over signals and words, and the step that makes its score a probability. */
export interface LinearModel {
  readonly bias: number
  readonly signals: Readonly<Record<string, number>>
  /** One signed byte per bucket, base64; times `wordScale` it is the weight. */
  readonly words: string
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
  /** Bounds on what the words of one mail may add up to. */
  readonly wordBounds: { readonly low: number; readonly high: number }
  /** Probabilities from which a mail is called suspicious, and phishing. */
  readonly thresholds: { readonly suspicious: number; readonly phishing: number }
}

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

const decoded = new WeakMap<LinearModel, Int8Array>()

function wordWeights(model: LinearModel): Int8Array {
  const known = decoded.get(model)
  if (known) return known
  const bytes = new Int8Array(wordBuckets)
  bytes.set(new Int8Array(Buffer.from(model.words, 'base64')).subarray(0, wordBuckets))
  decoded.set(model, bytes)
  return bytes
}

/** Strongest finding of each kind: two links of one sort do not count twice. */
export function strongest(findings: readonly Finding[]): Map<SignalId, Finding> {
  const best = new Map<SignalId, Finding>()
  for (const finding of findings) {
    if ((best.get(finding.id)?.strength ?? 0) < finding.strength) best.set(finding.id, finding)
  }
  return best
}

/** Scores a mail with one model. Every part of the sum is returned, so that it can be shown. */
export function scoreWith(
  model: LinearModel,
  bounds: WeightsFile['wordBounds'],
  findings: readonly Finding[],
  words: readonly WordFeature[],
): Score {
  const contributions: Contribution[] = []
  let sum = model.bias
  const best = strongest(findings)
  for (const id of signalIds) {
    const finding = best.get(id)
    const weight = (model.signals[id] ?? 0) * (finding?.strength ?? 0)
    if (finding === undefined || weight === 0) continue
    sum += weight
    contributions.push({ finding, weight })
  }
  const table = wordWeights(model)
  const weighed = words.map(({ word, bucket, value }) => ({
    word,
    weight: (table[bucket] ?? 0) * model.wordScale * value,
  }))
  const wordSum = weighed.reduce((total, { weight }) => total + weight, 0)
  const bounded = Math.min(Math.max(wordSum, bounds.low), bounds.high)
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
