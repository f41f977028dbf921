import { type AddedTechniques, currentAmong, type KnownTechnique } from '../knowledge/attack-knowledge.ts'
import { answerParent } from '../lib/answer-parent.ts'
import { analyseReport } from './analyse-report.ts'
import type { ReportExtract } from './extract-report.ts'
import { readReport } from './read-report.ts'
import type { ReportText } from './report-text.ts'

/** A report as bytes, or as text where it was read already. */
export interface ReportQuestion {
  readonly bytes?: Uint8Array
  readonly report?: ReportText
  readonly name: string
  readonly ownDomains: readonly string[]
  readonly fetchedFrom: string | undefined
  readonly added: AddedTechniques
  readonly otherTechniques: readonly KnownTechnique[]
}

answerParent(async (question: ReportQuestion): Promise<ReportExtract> => {
  const { bytes = new Uint8Array(), name, ownDomains, fetchedFrom, added, otherTechniques } = question
  const report = question.report ?? (await readReport(bytes, name))
  const attack = { otherTechniques, current: (id: string) => currentAmong(added, id) }
  return analyseReport(report, { ownDomains, attack, fetchedFrom })
})
