import type { Problem } from '../lib/problem.ts'

/** A report as text, with what its format says about it. */
export interface ReportText {
  /** The text that offsets and quotes refer to: line ends are `\n`, tables keep their rows, cells are split by tabs. */
  readonly text: string
  readonly title?: string
  /** Where it was published, as the document itself says (canonical link, `url:` line). */
  readonly url?: string
  readonly format: ReportFormat
  readonly problems: readonly Problem[]
}

export type ReportFormat =
  | 'text'
  | 'markdown'
  | 'html'
  | 'pdf'
  | 'docx'
  | 'email'
  | 'stix'
  | 'misp'
  | 'json'
  | 'csv'

/** Longer texts are cut, with a problem: no report for people is longer, and hostile ones are. */
export const longestText = 8_000_000
