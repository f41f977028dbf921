import type { EvidenceDraft } from '../domain/evidence.ts'
import type { CaseContext } from './case-context.ts'

/** What people decided about similar cases before. */
export function pastVerdict(context: CaseContext): EvidenceDraft[] {
  return context.pastVerdicts.map(past => ({
    kind: 'past-verdict',
    source: `case/${past.caseId}/verdict`,
    pointer: '',
    quote: `${past.by} decided ${past.verdict} on ${new Date(past.atMs).toISOString()}: ${past.reason}`,
    trust: 'human',
    label: `Earlier case with ${past.similarity}`,
  }))
}
