import type { EvidenceDraft } from '../domain/evidence.ts'
import type { CaseContext } from './case-context.ts'

/** Name and tactics of the ATT&CK techniques that the case's rules name, from pinned knowledge. */
export function technique(context: CaseContext): EvidenceDraft[] {
  return context.techniques.map(fact => ({
    kind: 'technique',
    source: `attack/${fact.id}`,
    pointer: '',
    quote: `${fact.id} ${fact.name}${fact.tactics.length === 0 ? '' : ` (${fact.tactics.join(', ')})`}`,
    trust: 'knowledge-base',
    label: `ATT&CK technique ${fact.id}`,
  }))
}
