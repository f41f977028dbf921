import { randomUUID } from 'node:crypto'
import { digestOf, type Json } from '../lib/canonical-json.ts'

/** What the ledger records. An intent is written before the act, its outcome after. */
export const ledgerKinds = [
  'ledger-opened',
  'model-intent',
  'model-outcome',
  'approval',
  'action-intent',
  'action-outcome',
  'verdict-set',
  'vault-reveal',
  'key-erased',
  'config-change',
  'break-glass',
  'note',
  'checkpoint',
] as const
export type LedgerKind = (typeof ledgerKinds)[number]

/** A record before it is chained: who did what, to what. */
export interface LedgerDraft {
  readonly kind: LedgerKind
  readonly tenant: string
  /** Who acted: `user:alice`, `job:case-brief`, `system`. */
  readonly actor: string
  /** What it is about: a case, proposal, mail or report id. */
  readonly subject: string
  /** Digests, ciphertext, versions, counts. Never a secret or a plain value that erasure must reach. */
  readonly body: { readonly [key: string]: Json }
}

/** One link of the chain. `hash` is over everything else in canonical JSON, `prev` included. */
export interface LedgerEntry extends LedgerDraft {
  /** 1, 2, 3… without a gap. */
  readonly seq: number
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string
  /** The hash of the entry before; of the first entry, 64 zeros. */
  readonly prev: string
  /** SHA-256 in lower-case hexadecimal. */
  readonly hash: string
}

/** Where a chain stands: what the next entry needs to know of the ones before. */
export interface ChainHead {
  readonly seq: number
  readonly hash: string
}

export const emptyChain: ChainHead = { seq: 0, hash: '0'.repeat(64) }

/** The first entry of every ledger. Its random id makes two ledgers differ from their first hash on. */
export function openingDraft(): LedgerDraft {
  return {
    kind: 'ledger-opened',
    tenant: '',
    actor: 'system',
    subject: '',
    body: { ledger_id: randomUUID() },
  }
}

/** Chains drafts behind `head`, all at the same instant. */
export function chainEntries(head: ChainHead, drafts: readonly LedgerDraft[], nowMs: number): LedgerEntry[] {
  const at = new Date(nowMs).toISOString()
  let { seq, hash } = head
  return drafts.map(draft => {
    seq += 1
    const entry = { ...draft, seq, at, prev: hash }
    hash = digestOf(entry)
    return { ...entry, hash }
  })
}

/** The digest of what an entry says, wherever it stands in a chain: the same after a re-chaining. */
export function contentDigest(entry: LedgerEntry): string {
  const { hash: _hash, prev: _prev, seq: _seq, ...rest } = entry
  return digestOf(rest)
}
