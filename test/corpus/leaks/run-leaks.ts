import { captureServer } from './capture-server.ts'
import { faultOf, plants, runTrial } from './leak-trial.ts'

export interface LeakReport {
  readonly planted: number
  readonly classes: number
  readonly encodings: number
  /** What went wrong, at most twenty of them, and how many in all. */
  readonly faults: readonly string[]
  readonly faultCount: number
}

/** Plants `count` values, sends each request to a real local server and judges what arrived there. */
export async function runLeaks(count: number, seed: number): Promise<LeakReport> {
  const server = await captureServer()
  const faults: string[] = []
  const classes = new Set<string>()
  const encodings = new Set<string>()
  let planted = 0
  let faultCount = 0
  try {
    for (const plant of plants(seed)) {
      if (planted === count) break
      planted++
      classes.add(plant.className)
      encodings.add(plant.encoding)
      const trial = runTrial(plant)
      const fault = faultOf(trial, await server.send(trial.body))
      if (fault === undefined) continue
      faultCount++
      if (faults.length < 20) faults.push(fault)
    }
  } finally {
    await server.close()
  }
  return { planted, classes: classes.size, encodings: encodings.size, faults, faultCount }
}
