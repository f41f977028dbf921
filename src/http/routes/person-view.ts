import type { Person } from '../contract.ts'

/** A person from the three columns of a join; null when there is none (Tocsin itself, or a deleted account). */
export function personView(
  id: string | null,
  username: string | null | undefined,
  displayName: string | null | undefined,
): Person | null {
  return id === null ? null : { id, username: username ?? id, displayName: displayName ?? username ?? id }
}
