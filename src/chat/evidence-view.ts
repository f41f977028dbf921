import type { EvidenceItem } from '../domain/evidence.ts'

/** Evidence as programs and the console get it: all but the facts, which are for whoever reasons from it. */
export function evidenceView({ id, kind, source, pointer, quote, trust, label }: EvidenceItem) {
  return { id, kind, source, pointer, quote, trust, label }
}
