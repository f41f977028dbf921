/**
 * From summed log-odds to a probability: `1 / (1 + exp(-(slope * logOdds + intercept)))`. `bench/triage.ts` fits both
 * on labelled alerts. The shipped slope is lower than the fit (1.7 on 71 alerts): the weights were written by people
 * who had seen alerts of that kind, and unseen ones will be told apart less well.
 */
export interface Calibration {
  readonly slope: number
  readonly intercept: number
}

export const shippedCalibration: Calibration = { slope: 1.2, intercept: 0 }

/** Nothing is certain from an alert alone: the ends are left free. */
const floor = 0.02

export function calibrate(logOdds: number, { slope, intercept }: Calibration = shippedCalibration): number {
  const probability = 1 / (1 + Math.exp(-(slope * logOdds + intercept)))
  return Math.min(1 - floor, Math.max(floor, probability))
}
