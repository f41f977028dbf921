import type { LedgerDraft, LedgerEntry } from './entry.ts'

/** A part of a ledger, both ends included. */
export interface LedgerRange {
  readonly fromSeq: number
  /** `Infinity` for all that there is. */
  readonly toSeq: number
}

/** Where entries are kept. What was appended is durable when `append` resolves; there is no way to change it. */
/** What binds an entry to the one before it. */
export interface LedgerLink {
  readonly seq: number
  readonly prev: string
  readonly hash: string
}

export interface Ledger {
  /**
   * The links of these entries, whoever's they are; where `read` gives everything, there is nothing between its entries.
   */
  links?(range: LedgerRange): AsyncIterable<LedgerLink>

  append(drafts: readonly LedgerDraft[], signal?: AbortSignal): Promise<readonly LedgerEntry[]>
  /** In rising `seq`. */
  read(range: LedgerRange): AsyncIterable<LedgerEntry>
  /** These entries, in rising `seq`: where the keeping can find them without reading all. */
  readThese?(seqs: readonly number[]): Promise<LedgerEntry[]>
  /** The last entry, where there is one. */
  last(): Promise<LedgerEntry | undefined>
}
