import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson, digestOf } from '../lib/canonical-json.ts'
import { contentDigest, type LedgerEntry } from './entry.ts'

/**
 * A signed statement of what the ledger was at one moment, to be kept where the ledger's keeper cannot reach
 * (another host, syslog, an object store with a hold). Against it, a ledger that was cut or written anew shows.
 *
 * Its `marks` name earlier entries, densely near the head and ever more sparsely before it, as Bitcoin's block
 * locator does: they tell where a changed ledger left the history that was signed. A mark also holds the digest of
 * the entry's content without its links, which tells a history written anew (the same content, chained
 * differently) from a fork (other content from some point on).
 */
export interface Checkpoint {
  readonly format: 'tocsin-checkpoint-1'
  /** The hash of entry 1: which ledger this is. */
  readonly ledger: string
  readonly seq: number
  readonly hash: string
  readonly at: string
  readonly marks: readonly Mark[]
  /** Ed25519 over the canonical JSON of everything else, base64. */
  readonly signature: string
}

/** One earlier entry, named by a checkpoint. */
export interface Mark {
  readonly seq: number
  /** The first 16 hexadecimal digits: enough to locate; what must be safe is the head's whole hash. */
  readonly hash: string
  readonly content: string
}

export const checkpointSchema: z.ZodType<Checkpoint> = z.object({
  format: z.literal('tocsin-checkpoint-1'),
  ledger: z.string(),
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  marks: z.array(z.object({ seq: z.int().positive(), hash: z.string(), content: z.string() })),
  signature: z.string(),
})

const denseMarks = 64

/** The entries that a checkpoint at `seq` marks: the last `dense`, then at doubling distances, and the first. */
export function markedSeqs(seq: number, dense = denseMarks): number[] {
  const marked: number[] = []
  for (let at = seq, step = 1; at > 1; at -= step) {
    marked.push(at)
    if (marked.length >= dense) step *= 2
  }
  return [...marked, 1].reverse()
}

/** The mark of one entry. */
function markOf(entry: LedgerEntry): Mark {
  return { seq: entry.seq, hash: entry.hash.slice(0, 16), content: contentDigest(entry).slice(0, 16) }
}

/** Signs a checkpoint at `head`. `marked` are the entries that `markedSeqs(head.seq)` names, in rising order. */
export function signCheckpoint(
  head: LedgerEntry,
  marked: readonly LedgerEntry[],
  nowMs: number,
  key: KeyObject,
): Checkpoint {
  const statement = {
    format: 'tocsin-checkpoint-1' as const,
    ledger: marked[0]?.hash ?? head.hash,
    seq: head.seq,
    hash: head.hash,
    at: new Date(nowMs).toISOString(),
    marks: marked.map(markOf),
  }
  return {
    ...statement,
    signature: sign(null, Buffer.from(canonicalJson(statement)), key).toString('base64'),
  }
}

/** Whether the signature is that of the key's owner. */
export function checkpointIsSigned(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  const { signature, ...statement } = checkpoint
  return verify(null, Buffer.from(canonicalJson(statement)), publicKey, Buffer.from(signature, 'base64'))
}

/** A new signing key as PEM (PKCS #8). */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** The public half, as PEM (SPKI), to be handed to whoever verifies. */
export function publicKeyPem(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
}

/** A short name for a public key, for people to compare: the first 16 hexadecimal digits of its digest. */
export function keyFingerprint(publicKey: string): string {
  return digestOf(publicKey.trim()).slice(0, 16)
}
