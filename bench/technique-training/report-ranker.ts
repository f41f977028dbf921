import { type RankerFile, rankerFeatures } from '../../src/intel/rank-techniques.ts'
import type { TechniqueEvidence } from '../../src/intel/technique-evidence.ts'
import type { AnnotatedReport } from './examples.ts'

/** A report as the ranker sees it: evidence per technique, and which of them people found in it. */
export interface RankerReport extends AnnotatedReport {
  readonly sentences: number
  readonly evidence: ReadonlyMap<string, TechniqueEvidence>
}

const ridge = 1e-3
const rounds = 400

/**
 * Fits the ranker by logistic regression over (report, technique) pairs. How common a technique is comes from the other
 * reports, so that no report tells about itself.
 */
export function trainRanker(reports: readonly RankerReport[]): RankerFile {
  const rows: number[][] = []
  const labels: boolean[] = []
  for (const report of reports) {
    const { shares, unseen } = sharesOf(reports.filter(other => other !== report))
    for (const [id, item] of report.evidence) {
      rows.push(rankerFeatures(item, shares[id] ?? unseen, report.sentences))
      labels.push(report.techniques.includes(id))
    }
  }
  const { bias, weights } = fitLogistic(rows, labels)
  return { bias, weights, ...sharesOf(reports) }
}

function sharesOf(reports: readonly RankerReport[]): Pick<RankerFile, 'shares' | 'unseen'> {
  const counts = new Map<string, number>()
  for (const { techniques } of reports) for (const id of techniques) counts.set(id, (counts.get(id) ?? 0) + 1)
  const share = (count: number) => Math.round((1e5 * (count + 0.3)) / reports.length) / 1e5
  return {
    shares: Object.fromEntries([...counts].sort().map(([id, count]) => [id, share(count)])),
    unseen: share(0),
  }
}

/** Gradient descent on standardised features, then back to the features' own scale. */
function fitLogistic(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
): { bias: number; weights: number[] } {
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, column) => {
    const values = rows.map(row => row[column] ?? 0)
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const spread = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) || 1
    return { mean, spread }
  })
  const scaled = rows.map(row =>
    Float64Array.from(columns, ({ mean, spread }, column) => ((row[column] ?? 0) - mean) / spread),
  )
  const weights = new Float64Array(width)
  let bias = Math.log(labels.filter(Boolean).length / labels.filter(label => !label).length)
  const speed = new Float64Array(width)
  for (let round = 0; round < rounds; round++) {
    const gradient = new Float64Array(width)
    let biasGradient = 0
    scaled.forEach((row, index) => {
      let score = bias
      for (let column = 0; column < width; column++) score += (row[column] ?? 0) * (weights[column] ?? 0)
      const error = 1 / (1 + Math.exp(-score)) - (labels[index] ? 1 : 0)
      biasGradient += error
      for (let column = 0; column < width; column++)
        gradient[column] = (gradient[column] ?? 0) + error * (row[column] ?? 0)
    })
    // Positives are rare, so the gradient is small: a long step with momentum.
    bias -= (20 * biasGradient) / rows.length
    for (let column = 0; column < width; column++) {
      const slope = (gradient[column] ?? 0) / rows.length + ridge * 0.01 * (weights[column] ?? 0)
      speed[column] = 0.9 * (speed[column] ?? 0) - 5 * slope
      weights[column] = (weights[column] ?? 0) + (speed[column] ?? 0)
    }
  }
  const own = [...weights].map((weight, column) => weight / (columns[column]?.spread ?? 1))
  const shift = own.reduce((sum, weight, column) => sum + weight * (columns[column]?.mean ?? 0), 0)
  const round3 = (value: number) => Math.round(value * 1e4) / 1e4
  return { bias: round3(bias - shift), weights: own.map(round3) }
}
