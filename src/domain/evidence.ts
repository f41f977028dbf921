/** Who could have written a piece of evidence. Attacker-written text proves only that it was written. */
export type Trust = 'observed' | 'attacker-controlled' | 'knowledge-base' | 'human'

/** One fact with its source. `id` is `E1`, `E2`… within one case revision. */
export interface EvidenceItem {
  readonly id: string
  /** One of the kinds in `src/evidence/`, such as `alert-field` or `related-alerts`. */
  readonly kind: string
  /** The document it stands in: an alert key, `attack`, `agent/001`, a mail's message id… */
  readonly source: string
  /** JSON pointer into that document, or `bytes=START-END` for mail and reports; empty where it is computed. */
  readonly pointer: string
  /** The exact text that a claim may quote. */
  readonly quote: string
  readonly trust: Trust
  /** How a person would say it: `Failed logons for root from 203.0.113.9`. */
  readonly label: string
  /** For facts computed by code: the numbers and names in them, so that claims can be checked. */
  readonly facts?: { readonly [name: string]: string | number | boolean }
}

/** Evidence before it is numbered. */
export type EvidenceDraft = Omit<EvidenceItem, 'id'>

/** Numbers evidence E1..En in the order given. */
export function numberEvidence(drafts: readonly EvidenceDraft[]): EvidenceItem[] {
  return drafts.map((draft, index) => ({ ...draft, id: `E${index + 1}` }))
}

/** Evidence found later, numbered on from what there is. */
export function appendEvidence(
  items: readonly EvidenceItem[],
  drafts: readonly EvidenceDraft[],
): EvidenceItem[] {
  return [...items, ...drafts.map((draft, index) => ({ ...draft, id: `E${items.length + index + 1}` }))]
}
