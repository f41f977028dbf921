import type { IndicatorType } from '../domain/indicator.ts'

const dayMs = 86_400_000

/** Days after which an indicator is half as sure: rented addresses change hands in weeks, a file's digest never does. */
const halfLifeDays: Readonly<Partial<Record<IndicatorType, number>>> = {
  ipv4: 30,
  ipv6: 30,
  cidr: 60,
  url: 60,
  domain: 90,
  email: 180,
  user_agent: 180,
  md5: 730,
  sha1: 730,
  sha256: 730,
  sha512: 730,
  cve: 1_825,
  cwe: 1_825,
}
const otherDays = 365

/** An indicator that is less sure than this is kept and no longer looked for. */
export const leastConfidence = 0.1

/** How sure an indicator still is: half as much after each half-life since it was last reported or seen. */
export function currentConfidence(
  indicator: { readonly type: string; readonly confidence: number; readonly lastMs: number },
  nowMs: number,
): number {
  const age = Math.max(0, nowMs - indicator.lastMs)
  return indicator.confidence * 0.5 ** (age / halfLifeMs(indicator.type))
}

function halfLifeMs(type: string): number {
  return (halfLifeDays[type as IndicatorType] ?? otherDays) * dayMs // A type without an entry has the default.
}

/** The same for a query over many indicators. */
export const ageing = {
  types: Object.keys(halfLifeDays),
  halfLivesMs: Object.keys(halfLifeDays).map(halfLifeMs),
  otherMs: otherDays * dayMs,
  leastConfidence,
} as const
