import type { Alert } from '../domain/alert.ts'

/** How alerts become cases. Times are in milliseconds of the alerts' own clock. */
export interface GroupingOptions {
  /** A further alert of the same kind joins when the case's last one is no older than this. */
  readonly sameKindWindowMs: number
  /** An alert of another rule can be linked to a case within this time. */
  readonly linkWindowMs: number
  /** No case covers more than this: a quiet, endless repetition becomes one case a day. */
  readonly maxSpanMs: number
  /** Cases kept open in memory; beyond it the least recently touched ones close. */
  readonly maxOpenCases: number
  /** Shared entities must weigh at least this much before an alert is linked. See `link-score.ts`. */
  readonly linkThreshold: number
  /** An entity seen on more hosts than this is a hub (a scanner, a domain controller, NAT) and links nothing. */
  readonly hubHosts: number
  /**
   * Whether an alert by itself speaks of an attack. Such alerts on one host belong together even where they name
   * nothing else in common. Asked only for alerts that open a case or are linked to one.
   */
  readonly speaksOfAttack: (alert: Alert) => boolean
}

export const defaultGrouping: GroupingOptions = {
  sameKindWindowMs: 60 * 60_000,
  linkWindowMs: 60 * 60_000,
  maxSpanMs: 24 * 60 * 60_000,
  maxOpenCases: 20_000,
  linkThreshold: 3,
  hubHosts: 8,
  speaksOfAttack: () => false,
}
