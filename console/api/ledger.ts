import type { LedgerContent, LedgerEntryView } from '../../src/http/contract-ledger.ts'
import { getJson, sendJson } from './request.ts'

export function listLedger(
  before: number | undefined,
  signal: AbortSignal,
): Promise<{ entries: LedgerEntryView[]; next: number | null }> {
  return getJson('/api/ledger', signal, { before })
}

/** Opens what an entry keeps encrypted. The server records that it was opened, and by whom. */
export function openLedgerContent(seq: number): Promise<LedgerContent> {
  return sendJson('POST', `/api/ledger/${seq}/content`)
}
