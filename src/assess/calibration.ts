/**
 * From summed log-odds to a probability: `1 / (1 + exp(-(slope * logOdds + intercept)))`. Both numbers are fitted on
 * labelled alerts by `bench/triage.ts` (grouped by rule, so that no rule is judged by its own labels).
 */
export interface Calibration {
  readonly slope: number
  readonly intercept: number
}

export const fittedCalibration: Calibration = { slope: 0.8, intercept: 0 }

/** Nothing is certain from an alert alone: the ends are left free. */
const floor = 0.02

export function calibrate(logOdds: number, { slope, intercept }: Calibration = fittedCalibration): number {
  const probability = 1 / (1 + Math.exp(-(slope * logOdds + intercept)))
  return Math.min(1 - floor, Math.max(floor, probability))
}
