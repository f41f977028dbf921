import { wordBounds } from '../../src/mail/classifier/model.ts'
import { signalIds, signalKinds } from '../../src/mail/signals/signal-kinds.ts'

/** One training mail as the trainer sees it. */
export interface Example {
  readonly label: 0 | 1
  readonly weight: number
  /** Signal strengths in the order of `signalIds`. */
  readonly signals: Float64Array
  /** Known words as places in the weight vector, all of one value. */
  readonly places: Int32Array
  readonly value: number
}

export interface Fitted {
  readonly bias: number
  readonly signals: Float64Array
  readonly words: Float64Array
}

export interface FitOptions {
  readonly steps: number
  readonly rate: number
  /** Pull of each signal weight to its prior, and of each word weight to 0. */
  readonly signalPull: number
  readonly wordPull: number
  readonly use: 'all' | 'signals' | 'words'
}

/** Chosen by grouped cross-validation on the train split. */
export const fitDefaults: FitOptions = { steps: 120, rate: 0.3, signalPull: 0.2, wordPull: 0.01, use: 'all' }

const priors = Float64Array.from(signalIds, id => signalKinds[id].prior)
const isRisk = signalIds.map(id => signalKinds[id].direction === 'risk')
/** A trust signal can be forged: none may outweigh the evidence against a mail alone. */
const trustFloor = -2.5

/** The log-odds of an example, with the bounds on words that hold in use. */
export function logOdds(model: Fitted, example: Omit<Example, 'label' | 'weight'>): number {
  let sum = model.bias
  for (let at = 0; at < example.signals.length; at++)
    sum += (model.signals[at] ?? 0) * (example.signals[at] ?? 0)
  let words = 0
  for (const place of example.places) words += (model.words[place] ?? 0) * example.value
  return sum + Math.min(Math.max(words, wordBounds.low), wordBounds.high)
}

/**
 * Fits a logistic model by projected gradient descent (Adam) on all examples at once: deterministic, no seed. After each
 * step the weight of a risk is held at 0 or above and that of a trust at 0 or below, so that no quirk of a corpus can turn a
 * sign around. The maximum-a-posteriori pull is towards the priors of `signal-kinds.ts`.
 */
export function fitLogistic(
  examples: readonly Example[],
  vocabularySize: number,
  options: FitOptions,
): Fitted {
  const wordStart = 1 + signalIds.length
  const size = wordStart + vocabularySize
  const theta = new Float64Array(size)
  if (options.use !== 'words') theta.set(priors, 1)
  const momentum = new Float64Array(size)
  const velocity = new Float64Array(size)
  for (let step = 1; step <= options.steps; step++) {
    const gradient = gradientOf(examples, theta, wordStart)
    for (let at = 0; at < size; at++) {
      if (at >= wordStart ? options.use === 'signals' : at > 0 && options.use === 'words') continue
      const value = theta[at] ?? 0
      const pull =
        at >= wordStart
          ? options.wordPull * value
          : at > 0
            ? options.signalPull * (value - (priors[at - 1] ?? 0))
            : 0
      const slope = (gradient[at] ?? 0) + pull
      momentum[at] = 0.9 * (momentum[at] ?? 0) + 0.1 * slope
      velocity[at] = 0.99 * (velocity[at] ?? 0) + 0.01 * slope * slope
      const move =
        (momentum[at] ?? 0) / (1 - 0.9 ** step) / (Math.sqrt((velocity[at] ?? 0) / (1 - 0.99 ** step)) + 1e-9)
      const next = value - options.rate * (1 - (0.9 * step) / options.steps) * move
      if (at === 0 || at >= wordStart) theta[at] = next
      else theta[at] = isRisk[at - 1] ? Math.max(0, next) : Math.min(0, Math.max(trustFloor, next))
    }
  }
  return { bias: theta[0] ?? 0, signals: theta.slice(1, wordStart), words: theta.slice(wordStart) }
}

function gradientOf(examples: readonly Example[], theta: Float64Array, wordStart: number): Float64Array {
  const gradient = new Float64Array(theta.length)
  for (const { label, weight, signals, places, value } of examples) {
    let sum = theta[0] ?? 0
    for (let at = 0; at < signals.length; at++) sum += (theta[1 + at] ?? 0) * (signals[at] ?? 0)
    for (const place of places) sum += (theta[wordStart + place] ?? 0) * value
    const error = (1 / (1 + Math.exp(-sum)) - label) * weight
    gradient[0] = (gradient[0] ?? 0) + error
    for (let at = 0; at < signals.length; at++)
      gradient[1 + at] = (gradient[1 + at] ?? 0) + error * (signals[at] ?? 0)
    for (const place of places)
      gradient[wordStart + place] = (gradient[wordStart + place] ?? 0) + error * value
  }
  return gradient
}

/** Platt's step: slope and offset that make log-odds a probability, by Newton's method on held-out scores. */
export function calibrate(scores: readonly { score: number; label: 0 | 1 }[]): {
  slope: number
  offset: number
} {
  let slope = 1
  let offset = 0
  for (let round = 0; round < 50; round++) {
    let [slopeGradient, offsetGradient, slopeCurve, mixedCurve, offsetCurve] = [0, 0, 1e-6, 0, 1e-6]
    for (const { score, label } of scores) {
      const p = 1 / (1 + Math.exp(-(slope * score + offset)))
      const curve = Math.max(p * (1 - p), 1e-9)
      slopeGradient += (p - label) * score
      offsetGradient += p - label
      slopeCurve += curve * score * score
      mixedCurve += curve * score
      offsetCurve += curve
    }
    const determinant = slopeCurve * offsetCurve - mixedCurve * mixedCurve
    const bound = (step: number) => Math.max(-1, Math.min(1, step))
    slope -= bound((offsetCurve * slopeGradient - mixedCurve * offsetGradient) / determinant)
    offset -= bound((slopeCurve * offsetGradient - mixedCurve * slopeGradient) / determinant)
  }
  return { slope, offset }
}
