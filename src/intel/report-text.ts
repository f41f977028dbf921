import type { Problem } from '../lib/problem.ts'

/** A report as text, with what its format says about it. */
export interface ReportText {
  /** The text that offsets and quotes refer to: line ends are `\n`, tables keep their rows, cells are split by tabs. */
  readonly text: string
  readonly title?: string
  /** Where it was published, as the document itself says (canonical link, `url:` line). */
  readonly url?: string
  readonly format: ReportFormat
  /** Of a newsletter: the hosts that sent it or that its links to leave the list lead to, and the mailboxes it went to. */
  readonly mail?: { readonly publishers: readonly string[]; readonly readers: readonly string[] }
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

/** The first line that says something, for a title; who may read it is no title. */
export function firstLine(text: string): string | undefined {
  return /^(?!\s*(?:\(?tlp\b|classification\b|[-=_*#\s]*$)).*\S.*$/im
    .exec(text.slice(0, 5000))?.[0]
    .trim()
    .slice(0, 300)
}
