import { type Severity, severities, type Verdict } from './verdict.ts'

// Where a case stands in the queue, and the word that says why. The rules with their reasons, and what an attacker can
// make of them, are in decisions/2026-11-28-queue-order.md.

/** What brief 0 makes of a case's place beside others: 1 is up, -1 is down, 0 is where its severity puts it. */
export const leanings = [1, 0, -1] as const
export type Leaning = (typeof leanings)[number]

/**
 * Cases with the higher number stand first. A likely attack stands above all of the next severity that are not (a step
 * up is 3), a case that is proven harmless last of its own severity. No two severities and leanings have the same
 * number, and nothing of one severity ever stands below what is two severities less. The store computes the same
 * (migration 0400).
 */
export function urgencyOf(severity: Severity, leaning: Leaning): number {
  return 3 * severities.indexOf(severity) + (leaning > 0 ? 4 : leaning)
}

/** Why a case stands where it stands, in one word each. */
export const standings = [
  /** A step up: a person has called it an attack, and further alerts came. */
  'attack-goes-on',
  /** A step up: brief 0 proposes a true positive. */
  'likely-attack',
  /** Where its severity puts it: no brief yet, or one that does not decide. */
  'by-severity',
  /** The same, although brief 0 proposes that it is harmless: what speaks for that could have been written by an attacker. */
  'benign-unproven',
  /** The same: text in its alerts speaks to an AI. */
  'speaks-to-ai',
  /** Last of its severity: harmless by what no attacker could have written. */
  'likely-benign',
] as const
export type Standing = (typeof standings)[number]

export function standingOf(row: {
  /** 0 to 3. */
  readonly severity: number
  readonly urgency: number
  /** A person's. */
  readonly verdict: Verdict | null
  readonly proposedVerdict: Verdict | null
  readonly suspectedInjection: boolean
}): Standing {
  const { verdict, proposedVerdict, suspectedInjection } = row
  const above = row.urgency - 3 * row.severity
  if (verdict === 'true_positive') return 'attack-goes-on'
  if (above > 0) return 'likely-attack'
  if (suspectedInjection) return 'speaks-to-ai'
  if (above < 0) return 'likely-benign'
  const calledHarmless = proposedVerdict === 'benign_true_positive' || proposedVerdict === 'false_positive'
  return calledHarmless ? 'benign-unproven' : 'by-severity'
}
