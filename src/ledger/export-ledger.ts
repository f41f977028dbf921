import type { KeyObject } from 'node:crypto'
import { AppError } from '../lib/app-error.ts'
import { type Checkpoint, markedSeqs, signCheckpoint } from './checkpoint.ts'
import { closingDraft, signRange } from './closing.ts'
import type { LedgerEntry } from './entry.ts'
import type { Ledger, LedgerRange } from './ledger.ts'

/** Signs where the ledger stands now; `undefined` while it is empty. Changes nothing. */
export async function makeCheckpoint(
  ledger: Ledger,
  key: KeyObject,
  nowMs: number,
  denseMarks?: number,
): Promise<Checkpoint | undefined> {
  const head = await ledger.last()
  if (head === undefined) return undefined
  const seqs = markedSeqs(head.seq, denseMarks)
  if (ledger.readThese) return signCheckpoint(head, await ledger.readThese(seqs), nowMs, key)
  const wanted = new Set(seqs)
  const marked: LedgerEntry[] = []
  for await (const entry of ledger.read({ fromSeq: 1, toSeq: head.seq })) {
    if (wanted.has(entry.seq)) marked.push(entry)
  }
  return signCheckpoint(head, marked, nowMs, key)
}

/**
 * Yields the entries of a range, then the entry that closes the export. That one is also written to the ledger:
 * who took a copy is itself on record. A range with nothing in it yields nothing but a closing.
 */
export async function* exportLedger(
  ledger: Ledger,
  range: LedgerRange,
  by: { readonly actor: string; readonly key: KeyObject; readonly nowMs: number },
): AsyncGenerator<LedgerEntry> {
  if ((await ledger.last()) === undefined) await ledger.append([]) // Opens it.
  const checkpoint = await makeCheckpoint(ledger, by.key, by.nowMs)
  if (checkpoint === undefined) throw new AppError('ledger-empty', 'the ledger could not be opened')
  const lastSeq = Math.min(range.toSeq, checkpoint.seq)
  const closing = signRange({ firstSeq: range.fromSeq, lastSeq, checkpoint }, by.key)
  const [closingEntry] = await ledger.append([closingDraft(by.actor, closing)])
  yield* ledger.read({ fromSeq: range.fromSeq, toSeq: lastSeq })
  if (closingEntry) yield closingEntry
}
