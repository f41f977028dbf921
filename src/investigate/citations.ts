import type { Citation } from '../domain/claim.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import { cutText } from '../lib/cut-text.ts'

/** Finds the evidence that a sentence of brief 0 rests on. Nothing is cited that is not there word for word. */
export interface CitationFinder {
  /** The item of this document and field that has the words in it; `undefined` where there is none. */
  field(source: string, pointer: string, quote?: string): Citation | undefined
  /** The first item of this kind (and source, where given). */
  kind(kind: string, source?: string): Citation | undefined
  /** What a threat report says of an indicator. */
  sighting(reportId: string, value: string): Citation | undefined
  /** The item itself, for the facts in it. */
  item(kind: string, source: string): EvidenceItem | undefined
}

const maxQuote = 200

export function citationFinder(items: readonly EvidenceItem[]): CitationFinder {
  const byPlace = Map.groupBy(items, item => `${item.source}#${item.pointer}`)
  return {
    field(source, pointer, quote) {
      const candidates = byPlace.get(`${source}#${pointer}`) ?? []
      const item =
        quote === undefined ? candidates[0] : candidates.find(candidate => candidate.quote.includes(quote))
      return item === undefined ? undefined : { id: item.id, quote: quote ?? shortQuote(item.quote) }
    },
    sighting(reportId, value) {
      const item = items.find(
        ({ kind, source, facts }) =>
          kind === 'sighting' && source === `report/${reportId}` && facts?.indicator === value,
      )
      return item === undefined ? undefined : { id: item.id, quote: shortQuote(item.quote) }
    },
    item: (kind, source) => items.find(candidate => candidate.kind === kind && candidate.source === source),
    kind(kind, source) {
      const item = items.find(
        candidate => candidate.kind === kind && (source === undefined || candidate.source === source),
      )
      return item === undefined ? undefined : { id: item.id, quote: shortQuote(item.quote) }
    },
  }
}

function shortQuote(text: string): string {
  return cutText(text, maxQuote)
}
