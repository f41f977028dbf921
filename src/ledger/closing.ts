import { z } from 'zod'
import { type Checkpoint, checkpointSchema } from './checkpoint.ts'
import type { LedgerDraft, LedgerEntry } from './entry.ts'

/** What the last entry of an export states: which entries the file holds, and a signature over the last one. */
export interface Closing {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly checkpoint: Checkpoint
}

const closingBody = z.object({
  first_seq: z.int().positive(),
  last_seq: z.int().nonnegative(),
  checkpoint: checkpointSchema,
})

/** Reads a closing; `undefined` for every other entry. */
export function closingOf(entry: LedgerEntry): Closing | undefined {
  if (entry.kind !== 'checkpoint') return undefined
  const body = closingBody.safeParse(entry.body)
  if (!body.success) return undefined
  return { firstSeq: body.data.first_seq, lastSeq: body.data.last_seq, checkpoint: body.data.checkpoint }
}

/** The entry that closes an export of `firstSeq` to `lastSeq`. */
export function closingDraft(actor: string, closing: Closing): LedgerDraft {
  const { format, ledger, seq, hash, at, marks, signature } = closing.checkpoint
  return {
    kind: 'checkpoint',
    tenant: '',
    actor,
    subject: 'export',
    body: {
      first_seq: closing.firstSeq,
      last_seq: closing.lastSeq,
      checkpoint: {
        format,
        ledger,
        seq,
        hash,
        at,
        marks: marks.map(mark => ({ ...mark })),
        signature,
      },
    },
  }
}
