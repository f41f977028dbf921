import type { EvidenceItem, Trust } from '../domain/evidence.ts'

/** An item of evidence exactly as a model saw it: redacted, data marks taken out. */
export interface SentItem {
  readonly id: string
  readonly trust: Trust
  /** Written by us around data: `Failed logons for root from 203.0.113.9`. */
  readonly label: string
  /** What may be quoted first of all. */
  readonly quote: string
  /** Facts computed by code, as JSON text; empty where there are none. */
  readonly facts: string
}

/** An item as it would be sent without redaction. */
export function sentItemOf({ id, trust, label, quote, facts }: EvidenceItem): SentItem {
  return { id, trust, label, quote, facts: facts === undefined ? '' : JSON.stringify(facts) }
}
