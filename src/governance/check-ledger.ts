import { type ChainHead, emptyChain } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { digestOf } from '../lib/canonical-json.ts'

/** What recomputing the ledger's chain showed. */
export interface LedgerState {
  /** Entries whose hash and link fit, from the first on. */
  readonly verified: number
  /** The first entry that does not fit; null where all do. */
  readonly firstBadSeq: number | null
  /** Hash of the last entry that was verified. */
  readonly head: string
}

/**
 * Recomputes the chain from its first entry to the last one before `toMs`, so that the same period gives the same
 * answer later. That nothing was cut behind the end, or all written anew, only a checkpoint kept elsewhere shows.
 */
export async function checkLedger(
  ledger: Pick<Ledger, 'read' | 'links'>,
  toMs: number,
  signal: AbortSignal,
): Promise<LedgerState> {
  let head: ChainHead = emptyChain
  for await (const entry of ledger.read({ fromSeq: 1, toSeq: Number.POSITIVE_INFINITY })) {
    signal.throwIfAborted()
    if (Date.parse(entry.at) >= toMs) break
    const { hash, ...content } = entry
    head = await overOthers(ledger, head, entry.seq)
    if (entry.seq !== head.seq + 1 || entry.prev !== head.hash || digestOf(content) !== hash)
      return { verified: head.seq, firstBadSeq: entry.seq, head: head.hash }
    head = { seq: entry.seq, hash }
  }
  return { verified: head.seq, firstBadSeq: null, head: head.hash }
}

/** Over the entries of other tenants, which this one cannot read, as far as their links fit. */
async function overOthers(ledger: Pick<Ledger, 'links'>, from: ChainHead, toSeq: number): Promise<ChainHead> {
  let head = from
  if (toSeq <= from.seq + 1 || ledger.links === undefined) return head
  for await (const { seq, prev, hash } of ledger.links({ fromSeq: from.seq + 1, toSeq: toSeq - 1 })) {
    if (seq !== head.seq + 1 || prev !== head.hash) return head
    head = { seq, hash }
  }
  return head
}
