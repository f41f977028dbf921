// Two people's word is worth more than one's only while they are two people. Whoever made an account, raised its role or
// renewed its credentials can be behind it: for a while the account speaks with their voice, and where nobody else looked
// on, it has no voice at all. Hours later its owner has noticed, and so has everybody who saw the alarm.

/** Who last gave an account its right or its credentials. Accounts of the first start, a directory or a provider have none. */
export interface Vouching {
  readonly atMs: number
  /** Ids of whoever may be behind the account. */
  readonly by: readonly string[]
  /** No second admin looked on. */
  readonly alone: boolean
}

function isNew(vouching: Vouching | undefined, atMs: number, newRightMs: number): boolean {
  return vouching !== undefined && atMs >= vouching.atMs && atMs < vouching.atMs + newRightMs
}

/** Everybody whose voice a word of this account may be at that moment: the account, and who can be behind it. */
export function voicesOf(
  id: string,
  vouching: Vouching | undefined,
  atMs: number,
  newRightMs: number,
): readonly string[] {
  return isNew(vouching, atMs, newRightMs) ? [id, ...(vouching?.by ?? [])] : [id]
}

/** Until when the word of this account does not count, because one admin alone is behind it; `undefined`: it counts. */
export function mutedUntil(
  vouching: Vouching | undefined,
  atMs: number,
  newRightMs: number,
): number | undefined {
  return vouching?.alone === true && isNew(vouching, atMs, newRightMs)
    ? vouching.atMs + newRightMs
    : undefined
}
