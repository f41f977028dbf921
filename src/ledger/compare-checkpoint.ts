import type { Checkpoint, Mark } from './checkpoint.ts'
import { contentDigest, type LedgerEntry } from './entry.ts'
import type { Break } from './tampering.ts'

/**
 * Where the entries (by their `seq`) leave the history that a checkpoint stands for. Each hash covers the one
 * before, so equal hashes at the checkpoint's place mean equal histories. `truncate` when the entries end before
 * it; `rewrite` when nothing of the signed history is left, or its content is there but chained differently;
 * `fork` when other content follows a common beginning.
 */
export function compareWithCheckpoint(
  entries: ReadonlyMap<number, LedgerEntry>,
  lastSeq: number,
  checkpoint: Checkpoint,
): Break | undefined {
  const atHead = entries.get(checkpoint.seq)
  if (atHead?.hash === checkpoint.hash) return undefined

  const agrees = (mark: Mark) => entries.get(mark.seq)?.hash.startsWith(mark.hash) ?? false
  const marks = checkpoint.marks.filter(mark => entries.has(mark.seq))
  const wrong = marks.filter(mark => !agrees(mark))
  const [firstWrong] = wrong
  if (firstWrong === undefined) {
    if (atHead) return { seq: checkpoint.seq, kind: 'fork' }
    // Between the parts of an export of a part nothing can be said; past its end, entries are missing.
    return checkpoint.seq > lastSeq ? { seq: lastSeq + 1, kind: 'truncate' } : undefined
  }
  const common = marks.filter(mark => mark.seq < firstWrong.seq).at(-1)
  if (common === undefined) return { seq: firstWrong.seq, kind: 'rewrite' }

  const contents = new Set<string>()
  for (const entry of entries.values()) {
    if (entry.seq > common.seq) contents.add(contentDigest(entry).slice(0, 16))
  }
  const sameContent = wrong.some(mark => contents.has(mark.content))
  return { seq: common.seq + 1, kind: sameContent ? 'rewrite' : 'fork' }
}
