import type { TechniqueModelFile } from '../../src/intel/technique-model.ts'
import { featureSpace, featuresOf } from '../../src/intel/text-features.ts'
import { seededRandom } from '../../src/lib/seeded-random.ts'
import type { Example } from './examples.ts'

const epochs = 5
const rate = 0.5
/** Features in fewer examples are noise. */
const fewestExamples = 2
/** Weights below this share of the largest byte are dropped. */
const step = 0.06

/**
 * Trains a softmax regression with AdaGrad, one example at a time in a seeded order. Same examples, same model.
 */
export function trainSoftmax(examples: readonly Example[]): TechniqueModelFile {
  const classes = [...new Set(examples.map(({ label }) => label))].sort()
  const size = classes.length
  const rows = vectorise(examples, classes)
  const weights = new Float32Array(featureSpace * size)
  const squares = new Float32Array(featureSpace * size)
  const bias = new Float32Array(size)
  const biasSquares = new Float32Array(size)
  const scores = new Float64Array(size)
  const random = seededRandom(1)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(rows, random)
    for (const { features, label, weight } of rows) {
      const value = 1 / Math.sqrt(features.length)
      scores.set(bias)
      for (const feature of features)
        for (let index = 0, at = feature * size; index < size; index++, at++)
          scores[index] = (scores[index] ?? 0) + (weights[at] ?? 0) * value
      toProbabilities(scores)
      for (let index = 0; index < size; index++) {
        const gradient = weight * ((scores[index] ?? 0) - (index === label ? 1 : 0))
        // Hundreds of classes get next to nothing of each example: leaving them out makes training ten times faster.
        if (Math.abs(gradient) < 1e-4) continue
        const biasSquare = (biasSquares[index] ?? 0) + gradient * gradient
        biasSquares[index] = biasSquare
        bias[index] = (bias[index] ?? 0) - (rate * gradient) / Math.sqrt(1 + biasSquare)
        const change = gradient * value
        for (const feature of features) {
          const at = feature * size + index
          const square = (squares[at] ?? 0) + change * change
          squares[at] = square
          weights[at] = (weights[at] ?? 0) - (rate * change) / Math.sqrt(0.1 + square)
        }
      }
    }
  }
  return { classes, bias: [...bias].map(round), step, weights: pack(weights, size) }
}

interface Row {
  readonly features: readonly number[]
  readonly label: number
  readonly weight: number
}

function vectorise(examples: readonly Example[], classes: readonly string[]): Row[] {
  const labels = new Map(classes.map((name, index) => [name, index]))
  const counts = new Uint32Array(featureSpace)
  const rows = examples.map(({ text, label, weight }) => {
    const features = featuresOf(text)
    for (const feature of features) counts[feature] = (counts[feature] ?? 0) + 1
    return { features, label: labels.get(label) ?? 0, weight }
  })
  return rows
    .map(row => ({
      ...row,
      features: row.features.filter(feature => (counts[feature] ?? 0) >= fewestExamples),
    }))
    .filter(({ features }) => features.length > 0)
}

function toProbabilities(scores: Float64Array): void {
  let top = Number.NEGATIVE_INFINITY
  for (const score of scores) if (score > top) top = score
  let sum = 0
  for (let index = 0; index < scores.length; index++) {
    const power = Math.exp((scores[index] ?? 0) - top)
    scores[index] = power
    sum += power
  }
  for (let index = 0; index < scores.length; index++) scores[index] = (scores[index] ?? 0) / sum
}

/** Weights as bytes, small ones left out. The reader is `decodeWeights`. */
function pack(weights: Float32Array, size: number): string {
  const bytes: number[] = []
  const varint = (number: number) => {
    let rest = number
    for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
    bytes.push(rest)
  }
  let previousFeature = 0
  for (let feature = 0; feature < featureSpace; feature++) {
    const entries: [number, number][] = []
    for (let index = 0; index < size; index++) {
      const quantised = Math.max(
        -127,
        Math.min(127, Math.round((weights[feature * size + index] ?? 0) / step)),
      )
      if (Math.abs(quantised) >= 2) entries.push([index, quantised])
    }
    if (entries.length === 0) continue
    varint(feature - previousFeature)
    varint(entries.length)
    previousFeature = feature
    let previousClass = 0
    for (const [index, quantised] of entries) {
      varint(index - previousClass)
      bytes.push(quantised & 0xff)
      previousClass = index
    }
  }
  return Buffer.from(bytes).toString('base64')
}

const round = (value: number) => Math.round(value * 1000) / 1000

function shuffle(rows: Row[], random: () => number): void {
  for (let index = rows.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const [a, b] = [rows[index], rows[other]]
    if (a === undefined || b === undefined) continue
    rows[index] = b
    rows[other] = a
  }
}
