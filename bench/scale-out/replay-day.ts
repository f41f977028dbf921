import { seededRandom } from '../../src/lib/seeded-random.ts'

// A day of alerts gone through second by second, with service times that were measured elsewhere: what a machine that
// is not at hand would do, on paper. Each stage is one queue, first come first served, with so many places a second;
// what it does not need in a second is lost. Not in it: a stage that slows another down by sharing its cores.

export interface DayOptions {
  readonly alerts: number
  /** How the day's alerts lie over its 24 hours; any scale. */
  readonly hours: readonly number[]
  /** Seconds in which this many times as many arrive: a scan, an outbreak. */
  readonly bursts: readonly { readonly atSecond: number; readonly seconds: number; readonly times: number }[]
  /** Computed briefs that an alert causes, and questions to a model that a computed brief causes. */
  readonly briefsPerAlert: number
  readonly questionsPerBrief: number
  readonly ingestPerSecond: number
  readonly briefsPerSecond: number
  readonly questionsPerSecond: number
  readonly seed: number
}

export interface StageResult {
  readonly done: number
  /** Share of the day's places that were used. */
  readonly used: number
  readonly mostWaiting: number
  /** Seconds in the queue, before the work itself; whole seconds. */
  readonly waitP50: number
  readonly waitP99: number
  readonly waitMax: number
  /** What still waited at midnight. */
  readonly left: number
}

export interface DayResult {
  readonly ingest: StageResult
  readonly briefs: StageResult
  readonly questions: StageResult
}

const daySeconds = 86_400

/** Office hours of one region over the noise of machines, which never sleep. */
export const officeDay = Array.from({ length: 24 }, (_, hour) => (hour >= 7 && hour < 19 ? 1.6 : 0.6))

export function replayDay(options: DayOptions): DayResult {
  const random = seededRandom(options.seed)
  const ingest = new Stage(options.ingestPerSecond)
  const briefs = new Stage(options.briefsPerSecond)
  const questions = new Stage(options.questionsPerSecond)
  const rates = ratesOf(options)
  for (let second = 0; second < daySeconds; second++) {
    const stored = ingest.step(second, poisson(rates[second] ?? 0, random))
    const briefed = briefs.step(second, poisson(stored * options.briefsPerAlert, random))
    questions.step(second, poisson(briefed * options.questionsPerBrief, random))
  }
  return { ingest: ingest.result(), briefs: briefs.result(), questions: questions.result() }
}

/** Alerts by second, on average. */
function ratesOf({ alerts, hours, bursts }: DayOptions): number[] {
  const shape = Array.from({ length: daySeconds }, (_, second) => {
    const times = bursts
      .filter(({ atSecond, seconds }) => second >= atSecond && second < atSecond + seconds)
      .reduce((product, burst) => product * burst.times, 1)
    return (hours[Math.floor(second / 3600)] ?? 0) * times
  })
  const total = shape.reduce((sum, value) => sum + value, 0)
  return shape.map(value => (value / total) * alerts)
}

/** Knuth's for few, the normal approximation for many. */
function poisson(mean: number, random: () => number): number {
  if (mean > 30) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.max(0, Math.round(mean + normal * Math.sqrt(mean)))
  }
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}

class Stage {
  readonly #perSecond: number
  readonly #queue: { second: number; count: number }[] = []
  readonly #waits: number[] = []
  #head = 0
  #waiting = 0
  #mostWaiting = 0
  #done = 0
  /** The part of a place that the seconds before left over, while there was work to do. */
  #fraction = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Takes in what arrives in this second; returns how many were served in it. */
  step(second: number, arriving: number): number {
    if (arriving > 0) this.#queue.push({ second, count: arriving })
    this.#waiting += arriving
    const places = this.#perSecond + this.#fraction
    let free = Math.floor(places)
    const served = Math.min(free, this.#waiting)
    while (free > 0) {
      const next = this.#queue[this.#head]
      if (next === undefined) break
      const count = Math.min(free, next.count)
      this.#waits[second - next.second] = (this.#waits[second - next.second] ?? 0) + count
      next.count -= count
      free -= count
      if (next.count === 0) this.#head++
    }
    this.#waiting -= served
    this.#fraction = this.#waiting > 0 ? places - Math.floor(places) : 0
    this.#mostWaiting = Math.max(this.#mostWaiting, this.#waiting)
    this.#done += served
    return served
  }

  result(): StageResult {
    return {
      done: this.#done,
      used: this.#done / (this.#perSecond * daySeconds),
      mostWaiting: this.#mostWaiting,
      waitP50: this.#quantile(0.5),
      waitP99: this.#quantile(0.99),
      waitMax: Math.max(0, this.#waits.length - 1),
      left: this.#waiting,
    }
  }

  #quantile(share: number): number {
    let seen = 0
    for (let wait = 0; wait < this.#waits.length; wait++) {
      seen += this.#waits[wait] ?? 0
      if (seen >= share * this.#done) return wait
    }
    return 0
  }
}
