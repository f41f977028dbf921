import { type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../lib/canonical-json.ts'
import { type Checkpoint, checkpointIsSigned, checkpointSchema } from './checkpoint.ts'
import type { LedgerDraft, LedgerEntry } from './entry.ts'

/** What the last entry of an export states: which entries the file holds, and a signature over the last one. */
export interface Closing {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly checkpoint: Checkpoint
  /** Over the range and the checkpoint, by the same key: else whoever cuts a file could say that a part was asked for. */
  readonly rangeSignature?: string | undefined
}

const closingBody = z.object({
  first_seq: z.int().positive(),
  last_seq: z.int().nonnegative(),
  checkpoint: checkpointSchema,
  range_signature: z.string().optional(),
})

function rangeStatement({ firstSeq, lastSeq, checkpoint }: Closing): Buffer {
  const { signature } = checkpoint
  return Buffer.from(canonicalJson({ format: 'tocsin-export-1', firstSeq, lastSeq, checkpoint: signature }))
}

/** The closing with its range signed. */
export function signRange(closing: Closing, key: KeyObject): Closing {
  return { ...closing, rangeSignature: sign(null, rangeStatement(closing), key).toString('base64') }
}

/** Whether the owner of the key exported this very range. A whole ledger needs no more than its checkpoint. */
export function rangeIsSigned(closing: Closing, publicKey: KeyObject): boolean {
  const { rangeSignature, checkpoint } = closing
  if (isWhole(closing)) return true
  return (
    rangeSignature !== undefined &&
    checkpointIsSigned(checkpoint, publicKey) &&
    verify(null, rangeStatement(closing), publicKey, Buffer.from(rangeSignature, 'base64'))
  )
}

/** Whether an export holds all that its checkpoint stands for. */
export function isWhole({ firstSeq, lastSeq, checkpoint }: Closing): boolean {
  return firstSeq === 1 && lastSeq === checkpoint.seq
}

/** Reads a closing; `undefined` for every other entry. */
export function closingOf(entry: LedgerEntry): Closing | undefined {
  if (entry.kind !== 'checkpoint') return undefined
  const body = closingBody.safeParse(entry.body)
  if (!body.success) return undefined
  const { first_seq: firstSeq, last_seq: lastSeq, checkpoint, range_signature: rangeSignature } = body.data
  return { firstSeq, lastSeq, checkpoint, rangeSignature }
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
      ...(closing.rangeSignature === undefined ? {} : { range_signature: closing.rangeSignature }),
    },
  }
}
