/**
 * How a ledger was tampered with. `edit`: an entry says something else than it did. `reorder`: entries stand in
 * another order. `delete`: entries are missing before the end. `truncate`: the end is missing. `fork`: two entries
 * claim the same place, or the history left the signed one. `rewrite`: history was changed and chained anew.
 */
export type TamperKind = 'edit' | 'reorder' | 'delete' | 'truncate' | 'fork' | 'rewrite'

/** The first place where the ledger is not what it should be. `seq` is the entry that should stand there. */
export interface Break {
  readonly seq: number
  readonly kind: TamperKind
}

/** The break nearest the beginning. At one place, what the file shows by itself is surer than a missing end. */
export function earliestBreak(breaks: readonly Break[]): Break | null {
  let first: Break | null = null
  for (const each of breaks) {
    const surer = first !== null && each.seq === first.seq && first.kind === 'truncate'
    if (first === null || each.seq < first.seq || surer) first = each
  }
  return first
}
