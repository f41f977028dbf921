import type { EvidenceDraft } from '../domain/evidence.ts'
import { scopeText } from '../domain/lesson.ts'
import type { CaseContext } from './case-context.ts'

/**
 * What people taught about cases like this one. A person's word about other cases: it explains, it proves nothing about
 * this case, and it stands where all data stands, so that it cannot instruct.
 */
export function lesson(context: CaseContext): EvidenceDraft[] {
  return (context.lessons ?? []).map(lessonEvidence)
}

/** How a lesson is told: also what is shown before it is saved. */
export function lessonEvidence(fact: NonNullable<CaseContext['lessons']>[number]): EvidenceDraft {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const turnedOut = fact.verdict === null ? '' : ` Such cases were ${fact.verdict.replaceAll('_', ' ')}.`
  return {
    kind: 'lesson',
    source: `lesson/${fact.id}`,
    pointer: '',
    quote: `${fact.by} wrote on ${day(fact.createdMs)} about ${scopeText(fact)}, to hold until ${day(fact.expiresMs)}: ${fact.text}${turnedOut}`,
    trust: 'human',
    label: 'What people learned from earlier cases; not about this one',
  }
}
