import type { Mark } from './checkpoint.ts'
import type { ChainHead, LedgerEntry } from './entry.ts'
import type { ExportLine } from './parse-export.ts'
import type { Break } from './tampering.ts'

/** What is known when a line does not follow the ones before it. */
export interface BrokenPlace {
  readonly lines: readonly ExportLine[]
  /** The line that does not follow. All lines before it do. */
  readonly index: number
  /** The last entry that does. */
  readonly head: ChainHead
  /** Whether the file ends without a line end. */
  readonly cutInside: boolean
  /** What signed checkpoints say of earlier entries. */
  readonly marks: readonly Mark[]
}

/** Tells from the lines around it what was done at a broken place. */
export function explainBreak(place: BrokenPlace): Break {
  const { lines, index, head } = place
  const expected = head.seq + 1
  const line = lines[index]
  if (line === undefined || line.kind === 'unreadable') {
    return { seq: expected, kind: place.cutInside && index === lines.length - 1 ? 'truncate' : 'edit' }
  }
  const { entry } = line
  if (!line.intact) {
    if (hasRival(lines, index, entry)) return { seq: entry.seq, kind: 'fork' }
    if (entry.seq === expected || entry.prev === head.hash) return { seq: expected, kind: 'edit' }
  }
  const before = entriesOf(lines.slice(0, index))
  if (entry.seq === expected) return explainForeignLink(place, entry, before)
  if (entry.seq < expected) {
    return { seq: entry.seq, kind: before.some(other => other.seq === entry.seq) ? 'fork' : 'reorder' }
  }
  const later = entriesOf(lines.slice(index + 1)).some(other => other.seq === expected)
  return { seq: expected, kind: later ? 'reorder' : 'delete' }
}

/**
 * The entry stands at its place but its link is not to the entry before it, and both are whole. Either it hangs on
 * an older entry (a second branch), or the entry before was changed and given a new hash, or a foreign history
 * begins here; a checkpoint that knows the entry before tells the last two apart.
 */
function explainForeignLink(place: BrokenPlace, entry: LedgerEntry, before: readonly LedgerEntry[]): Break {
  const { head } = place
  if (before.some(other => other.hash === entry.prev)) return { seq: entry.seq, kind: 'fork' }
  if (before.length === 0) return { seq: entry.seq, kind: 'edit' }
  const signed = place.marks.find(mark => mark.seq === head.seq)
  const genuine = signed !== undefined && head.hash.startsWith(signed.hash)
  return genuine ? { seq: entry.seq, kind: 'fork' } : { seq: head.seq, kind: 'edit' }
}

/** Whether another whole entry claims the same place behind the same entry. */
function hasRival(lines: readonly ExportLine[], index: number, entry: LedgerEntry): boolean {
  return lines.some(
    (other, at) =>
      at !== index &&
      other.kind === 'entry' &&
      other.intact &&
      other.entry.seq === entry.seq &&
      other.entry.prev === entry.prev,
  )
}

function entriesOf(lines: readonly ExportLine[]): LedgerEntry[] {
  return lines.flatMap(line => (line.kind === 'entry' ? [line.entry] : []))
}
