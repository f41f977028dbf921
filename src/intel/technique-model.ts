/**
 * A trained model that says which technique a sentence is about: a softmax regression over hashed words and word pairs,
 * one class per ATT&CK technique and one for "none". Weights only, quantised to bytes; written by
 * `bench/train-techniques.ts`, which also tells what it was trained on and how well it does on documents it never saw.
 */
import model from './data/technique-model.json' with { type: 'json' }
import { featuresOf } from './text-features.ts'

/** The class of sentences that describe no technique. */
export const noTechnique = 'none'

/** As stored: `weights` is base64 of, per feature, varints (feature delta, count) and per weight (class delta, byte). */
export interface TechniqueModelFile {
  readonly classes: readonly string[]
  readonly bias: readonly number[]
  /** What one step of a weight's byte is worth. */
  readonly step: number
  readonly weights: string
}

/** How likely a sentence describes each technique; `none` included. */
export type Prediction = ReadonlyMap<string, number>

interface FeatureWeights {
  readonly classes: Uint16Array
  readonly values: Float32Array
}

/** Less likely classes are left out of a prediction: there are hundreds in each. */
const leastLikely = 0.0005

let decoded: ReadonlyMap<number, FeatureWeights> | undefined

/** Predicts with the model that ships. It is unpacked at first use, in some tens of milliseconds. */
export function predictTechniques(sentence: string): Prediction {
  decoded ??= decodeWeights(model)
  return predictWith(model, decoded, sentence)
}

/** Predicts with any model; for training and measuring. */
export function predictWith(
  file: TechniqueModelFile,
  weights: ReadonlyMap<number, FeatureWeights>,
  sentence: string,
): Prediction {
  const features = featuresOf(sentence)
  const scores = Float64Array.from(file.bias)
  const value = 1 / Math.sqrt(Math.max(1, features.length))
  for (const feature of features) {
    const entry = weights.get(feature)
    if (entry === undefined) continue
    entry.classes.forEach((index, at) => {
      scores[index] = (scores[index] ?? 0) + (entry.values[at] ?? 0) * value
    })
  }
  const top = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const powers = scores.map(score => Math.exp(score - top))
  const sum = powers.reduce((a, b) => a + b, 0)
  const prediction = new Map<string, number>()
  powers.forEach((power, index) => {
    if (power / sum >= leastLikely) prediction.set(file.classes[index] ?? noTechnique, power / sum)
  })
  return prediction
}

/** Unpacks stored weights. */
export function decodeWeights(file: TechniqueModelFile): ReadonlyMap<number, FeatureWeights> {
  const bytes = Buffer.from(file.weights, 'base64')
  const weights = new Map<number, FeatureWeights>()
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  for (let feature = 0; at < bytes.length; ) {
    feature += varint()
    const count = varint()
    const classes = new Uint16Array(count)
    const values = new Float32Array(count)
    for (let index = 0, previous = 0; index < count; index++) {
      previous += varint()
      classes[index] = previous
      values[index] = bytes.readInt8(at++) * file.step
    }
    weights.set(feature, { classes, values })
  }
  return weights
}
