import { wordBuckets } from '../../src/mail/classifier/words.ts'
import { signalIds, signalKinds } from '../../src/mail/signals/signal-kinds.ts'

/** One training mail as the trainer sees it. */
export interface Example {
  readonly label: 0 | 1
  readonly weight: number
  /** Signal strengths in the order of `signalIds`. */
  readonly signals: Float64Array
  readonly buckets: Int32Array
  readonly values: Float64Array
}

export interface Fitted {
  bias: number
  signals: Float64Array
  words: Float64Array
}

export interface FitOptions {
  readonly steps: number
  readonly rate: number
  /** Pull of each signal weight to its prior, and of each word weight to 0. */
  readonly signalPull: number
  readonly wordPull: number
  readonly useWords: boolean
  readonly useSignals: boolean
}

export const fitDefaults: FitOptions = {
  steps: 150,
  rate: 0.3,
  signalPull: 1,
  wordPull: 0.03,
  useWords: true,
  useSignals: true,
}

const priors = Float64Array.from(signalIds, id => signalKinds[id].prior)
const isRisk = signalIds.map(id => signalKinds[id].direction === 'risk')
/** A trust signal can be forged: none may outweigh the evidence against a mail alone. */
export const trustFloor = -2.5

/** The log-odds of an example. */
export function logOdds(model: Fitted, example: Example): number {
  let sum = model.bias
  for (let at = 0; at < example.signals.length; at++)
    sum += (model.signals[at] ?? 0) * (example.signals[at] ?? 0)
  for (let at = 0; at < example.buckets.length; at++)
    sum += (model.words[example.buckets[at] ?? 0] ?? 0) * (example.values[at] ?? 0)
  return sum
}

/**
 * Fits a logistic model by projected gradient descent (Adam) on all examples at once: deterministic, no seed. After each
 * step the weight of a risk is held at 0 or above and that of a trust at 0 or below, so that no quirk of a corpus can turn a
 * sign around. The maximum-a-posteriori pull is towards the priors of `signal-kinds.ts`.
 */
export function fitLogistic(examples: readonly Example[], options: FitOptions): Fitted {
  const size = 1 + signalIds.length + wordBuckets
  const theta = new Float64Array(size)
  if (options.useSignals) theta.set(priors, 1)
  const momentum = new Float64Array(size)
  const velocity = new Float64Array(size)
  const wordStart = 1 + signalIds.length
  const view = (): Fitted => ({
    bias: theta[0] ?? 0,
    signals: theta.subarray(1, wordStart),
    words: theta.subarray(wordStart),
  })
  for (let step = 1; step <= options.steps; step++) {
    const gradient = new Float64Array(size)
    const model = view()
    for (const example of examples) {
      const error = (1 / (1 + Math.exp(-logOdds(model, example))) - example.label) * example.weight
      gradient[0] = (gradient[0] ?? 0) + error
      if (options.useSignals)
        for (let at = 0; at < example.signals.length; at++)
          gradient[1 + at] = (gradient[1 + at] ?? 0) + error * (example.signals[at] ?? 0)
      if (options.useWords)
        for (let at = 0; at < example.buckets.length; at++) {
          const slot = wordStart + (example.buckets[at] ?? 0)
          gradient[slot] = (gradient[slot] ?? 0) + error * (example.values[at] ?? 0)
        }
    }
    for (let at = 0; at < size; at++) {
      const value = theta[at] ?? 0
      let slope = gradient[at] ?? 0
      if (at >= wordStart) {
        if (!options.useWords) break
        slope += options.wordPull * value
      } else if (at > 0) {
        if (!options.useSignals) continue
        slope += options.signalPull * (value - (priors[at - 1] ?? 0))
      }
      momentum[at] = 0.9 * (momentum[at] ?? 0) + 0.1 * slope
      velocity[at] = 0.99 * (velocity[at] ?? 0) + 0.01 * slope * slope
      const move =
        (momentum[at] ?? 0) / (1 - 0.9 ** step) / (Math.sqrt((velocity[at] ?? 0) / (1 - 0.99 ** step)) + 1e-9)
      const next = value - options.rate * (1 - (0.9 * step) / options.steps) * move
      if (at === 0 || at >= wordStart) theta[at] = next
      else theta[at] = isRisk[at - 1] ? Math.max(0, next) : Math.min(0, Math.max(trustFloor, next))
    }
  }
  return view()
}

/** Platt's step: slope and offset that make log-odds a probability, by Newton on held-out scores. */
export function calibrate(scores: readonly { score: number; label: 0 | 1; weight: number }[]): {
  slope: number
  offset: number
} {
  let slope = 1
  let offset = 0
  for (let round = 0; round < 50; round++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-6, 0, 1e-6]
    for (const { score, label, weight } of scores) {
      const p = 1 / (1 + Math.exp(-(slope * score + offset)))
      const error = (p - label) * weight
      const curve = Math.max(p * (1 - p), 1e-9) * weight
      ga += error * score
      gb += error
      haa += curve * score * score
      hab += curve * score
      hbb += curve
    }
    const determinant = haa * hbb - hab * hab
    if (Math.abs(determinant) < 1e-12) break
    slope -= Math.max(-1, Math.min(1, (hbb * ga - hab * gb) / determinant))
    offset -= Math.max(-1, Math.min(1, (haa * gb - hab * ga) / determinant))
  }
  return { slope, offset }
}
