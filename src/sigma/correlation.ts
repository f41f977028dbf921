import type { EventFields } from './event-fields.ts'
import type { Bound, SigmaCorrelation } from './sigma-rule.ts'

/** One event that a rule of the correlation matched. */
interface Hit {
  readonly timeMs: number
  readonly rule: string
  readonly value: unknown
}

const groupLimit = 100_000
const hitLimit = 10_000

/**
 * The state of one correlation. `offer` takes each event with the rules that matched it (their ids or names), in the
 * order of time, and says whether the correlation holds at that event. Memory is bounded: the group that was quiet
 * longest is forgotten first. Source: Sigma correlation rules specification 2.1.
 */
export class Correlator {
  readonly correlation: SigmaCorrelation
  readonly #groups = new Map<string, Hit[]>()

  constructor(correlation: SigmaCorrelation) {
    this.correlation = correlation
  }

  offer(matched: readonly string[], fields: EventFields, timeMs: number): boolean {
    const rules = this.correlation.rules.filter(rule => matched.includes(rule))
    let holds = false
    for (const rule of rules) {
      const key = this.#groupKey(rule, fields)
      if (key === undefined) continue
      const hits = this.#groups.get(key) ?? []
      this.#groups.delete(key) // Set again below: a Map keeps the order of insertion, so the quiet ones stay in front.
      const { field } = this.correlation
      hits.push({
        timeMs,
        rule,
        value: field === undefined ? undefined : fields.values(this.#aliased(field, rule))[0],
      })
      const oldest = timeMs - this.correlation.timespanSeconds * 1000
      while (hits.length > hitLimit || (hits[0]?.timeMs ?? timeMs) < oldest) hits.shift()
      this.#groups.set(key, hits)
      holds ||= this.#holds(hits)
    }
    if (this.#groups.size > groupLimit) {
      const [quietest] = this.#groups.keys()
      if (quietest !== undefined) this.#groups.delete(quietest)
    }
    return holds
  }

  #aliased(field: string, rule: string): string {
    return this.correlation.aliases[field]?.[rule] ?? field
  }

  /** `undefined` where the event lacks a field to group by: it then belongs to no group. */
  #groupKey(rule: string, fields: EventFields): string | undefined {
    const values = this.correlation.groupBy.map(field => fields.values(this.#aliased(field, rule))[0])
    if (values.some(value => value === undefined || value === null)) return undefined
    return JSON.stringify(values.map(value => String(value).toLowerCase()))
  }

  #holds(hits: readonly Hit[]): boolean {
    const { type, rules, bounds, percentile } = this.correlation
    const numbers = () => hits.map(hit => Number(hit.value)).filter(value => !Number.isNaN(value))
    switch (type) {
      case 'event_count':
        return within(hits.length, bounds)
      case 'value_count':
        return within(
          new Set(hits.flatMap(hit => (hit.value === undefined ? [] : [String(hit.value)]))).size,
          bounds,
        )
      case 'temporal': {
        const seen = new Set(hits.map(hit => hit.rule)).size
        return bounds.length > 0 ? within(seen, bounds) : seen === rules.length
      }
      case 'temporal_ordered': {
        let next = 0
        for (const hit of hits) if (hit.rule === rules[next]) next++
        return next === rules.length
      }
      case 'value_sum':
        return within(sum(numbers()), bounds)
      case 'value_avg':
        return numbers().length > 0 && within(sum(numbers()) / numbers().length, bounds)
      case 'value_median':
        return numbers().length > 0 && within(quantile(numbers(), 50), bounds)
      case 'value_percentile':
        return numbers().length > 0 && within(quantile(numbers(), percentile), bounds)
    }
  }
}

const compare: Record<Bound, (a: number, b: number) => boolean> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
}

function within(value: number, bounds: SigmaCorrelation['bounds']): boolean {
  return bounds.every(bound => compare[bound.operator](value, bound.value))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The value below which `percent` of the values lie, between neighbours where it falls between them. */
function quantile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = ((sorted.length - 1) * Math.min(100, Math.max(0, percent))) / 100
  const low = sorted[Math.floor(at)] ?? 0
  const high = sorted[Math.ceil(at)] ?? low
  return low + (high - low) * (at - Math.floor(at))
}
