import { type RankerFile, rankerFeatures } from '../../src/intel/rank-techniques.ts'
import type { TechniqueEvidence } from '../../src/intel/technique-evidence.ts'
import type { AnnotatedReport } from './examples.ts'

/** A report as the ranker sees it: evidence per technique, and which of them people found in it. */
export interface RankerReport extends AnnotatedReport {
  readonly sentences: number
  readonly evidence: ReadonlyMap<string, TechniqueEvidence>
}

/** Weights are held small by this much of their square, beside the loss summed over pairs: those of features alike are shared out. */
const ridge: number = 5
const rounds = 25

/**
 * Fits the ranker by logistic regression over (report, technique) pairs. How common a technique is comes from the other
 * reports, so that no report tells about itself.
 */
export function trainRanker(all: readonly RankerReport[]): RankerFile {
  // AnnoCTR marks mentions, a few in each text; what people find in a whole report is in TRAM's alone.
  const reports = all.filter(({ source }) => source === 'tram')
  const rows: (readonly number[])[] = []
  const labels: boolean[] = []
  for (const report of reports) {
    const { shares, unseen } = sharesOf(reports.filter(other => other !== report))
    const found = rankerFeatures(report.evidence, report.sentences, id => shares[id] ?? unseen)
    for (const { id, features } of found) {
      rows.push(features)
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

/** Newton's method on standardised features, then back to the features' own scale. */
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
  // The last column is the bias, which is not held small.
  const scaled = rows.map(row => [
    ...columns.map(({ mean, spread }, column) => ((row[column] ?? 0) - mean) / spread),
    1,
  ])
  const fitted = new Float64Array(width + 1)
  for (let round = 0; round < rounds; round++) {
    const gradient = Array.from(fitted, (weight, column) => (column < width ? ridge * weight : 0))
    const curvature = gradient.map((_, column) =>
      gradient.map((_, other) => (column === other ? (column < width ? ridge : 1e-9) : 0)),
    )
    scaled.forEach((row, index) => {
      const score = row.reduce((sum, value, column) => sum + value * (fitted[column] ?? 0), 0)
      const probability = 1 / (1 + Math.exp(-score))
      const error = probability - (labels[index] ? 1 : 0)
      const weight = probability * (1 - probability)
      row.forEach((value, column) => {
        gradient[column] = (gradient[column] ?? 0) + error * value
        const line = curvature[column] ?? []
        for (let other = 0; other <= width; other++)
          line[other] = (line[other] ?? 0) + weight * value * (row[other] ?? 0)
      })
    })
    const step = solve(curvature, gradient)
    step.forEach((change, column) => {
      fitted[column] = (fitted[column] ?? 0) - change
    })
    if (step.every(change => Math.abs(change) < 1e-6)) break
  }
  const own = [...fitted.subarray(0, width)].map((weight, column) => weight / (columns[column]?.spread ?? 1))
  const shift = own.reduce((sum, weight, column) => sum + weight * (columns[column]?.mean ?? 0), 0)
  const round4 = (value: number) => Math.round(value * 1e4) / 1e4
  return { bias: round4((fitted[width] ?? 0) - shift), weights: own.map(round4) }
}

/** Gaussian elimination with pivots; the matrix is positive definite. */
function solve(matrix: readonly (readonly number[])[], target: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, target[index] ?? 0])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    const pivot = rows
      .map((row, index) => ({ index, size: index < column ? -1 : Math.abs(row[column] ?? 0) }))
      .reduce((a, b) => (b.size > a.size ? b : a)).index
    const [top, swapped] = [rows[column] ?? [], rows[pivot] ?? []]
    rows[column] = swapped
    rows[pivot] = top
    for (let below = column + 1; below < size; below++) {
      const row = rows[below] ?? []
      const factor = (row[column] ?? 0) / (swapped[column] || 1)
      for (let at = column; at <= size; at++) row[at] = (row[at] ?? 0) - factor * (swapped[at] ?? 0)
    }
  }
  const solution = new Array<number>(size).fill(0)
  for (let column = size - 1; column >= 0; column--) {
    const row = rows[column] ?? []
    const known = solution.reduce((sum, value, at) => (at > column ? sum + value * (row[at] ?? 0) : sum), 0)
    solution[column] = ((row[size] ?? 0) - known) / (row[column] || 1)
  }
  return solution
}
