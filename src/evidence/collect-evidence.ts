import { type EvidenceDraft, type EvidenceItem, numberEvidence } from '../domain/evidence.ts'
import { agent } from './agent.ts'
import { alertFields } from './alert-fields.ts'
import { authenticationSequence } from './authentication-sequence.ts'
import type { CaseContext } from './case-context.ts'
import { history } from './history.ts'
import { lesson } from './lesson.ts'
import { pastVerdict } from './past-verdict.ts'
import { processTree } from './process-tree.ts'
import { relatedAlerts } from './related-alerts.ts'
import { sighting } from './sighting.ts'
import { technique } from './technique.ts'
import { yaraMatch } from './yara-match.ts'

/** Every kind of evidence, in the order in which it is numbered: one file and one line each. */
const collectors: readonly ((context: CaseContext) => readonly EvidenceDraft[])[] = [
  relatedAlerts,
  alertFields,
  authenticationSequence,
  processTree,
  history,
  agent,
  yaraMatch,
  technique,
  sighting,
  pastVerdict,
  lesson,
]

/** The numbered evidence of a case revision, E1..En. The same context gives the same numbers. */
export function collectEvidence(context: CaseContext): EvidenceItem[] {
  return numberEvidence(collectors.flatMap(collect => collect(context)))
}
