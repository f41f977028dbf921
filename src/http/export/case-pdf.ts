import { shortTimeline } from '../../domain/case-timeline.ts'
import { struckStatuses } from '../../domain/claim.ts'
import { quoteCode } from '../../lib/code-spans.ts'
import { count } from '../../lib/count.ts'
import { type Paragraph, pdfDocument } from '../../pdf/pdf-document.ts'
import type { BriefRecord } from '../contract-briefs.ts'
import type { CaseDetail } from '../contract-cases.ts'
import { madeWith, time, words } from './case-markdown.ts'

/** A case as a PDF of a few pages, for people without access to the console. */
export function casePdf(detail: CaseDetail): Promise<Buffer> {
  const { case: summary } = detail
  const page = createPage()
  page.title(summary.title)
  page.text(
    `Case ${summary.id}, severity ${summary.severity}, status ${summary.status}, ${count(summary.alertCount, 'alert')} from ${time(summary.firstSeenMs)} to ${time(summary.lastSeenMs)}.`,
  )
  if (summary.sample) page.strong('Sample data that Tocsin ships: not from your Wazuh.')
  const { decision } = detail
  page.strong(
    decision === null
      ? 'No verdict yet.'
      : `Verdict: ${words(decision.verdict)} (${decision.by.displayName}, ${time(decision.atMs)}) ${decision.reason}`,
  )
  for (const record of detail.briefs) briefPages(page, record)
  page.heading('Timeline')
  const { entries, gap } = shortTimeline({ entries: detail.timeline, gap: detail.timelineGap }, 200)
  for (const [index, entry] of entries.entries()) {
    if (gap?.after === index) page.item(`… ${count(gap.alerts, 'alert')} left out here …`)
    const times = entry.count > 1 ? ` (${entry.count} times until ${time(entry.untilMs)})` : ''
    page.item(
      `${time(entry.atMs)}  ${entry.agentName}, level ${entry.level}, rule ${entry.ruleId}: ${entry.description}${times}`,
    )
  }
  page.heading('Entities')
  for (const entity of page.first(detail.entities, 100))
    page.item(`${entity.type} ${entity.value}: ${count(entity.alertCount, 'alert')}`)
  if (detail.moreEntities) page.item(`… and more than ${detail.entities.length}, which no export names`)
  if (detail.notes.length > 0) page.heading('Notes')
  for (const note of detail.notes) page.item(`${time(note.atMs)} ${note.by.displayName}: ${note.text}`)
  page.heading('History')
  for (const entry of detail.history)
    page.item(`${time(entry.atMs)} ${entry.by?.displayName ?? 'Tocsin'}: ${entry.kind} ${entry.detail}`)
  // The same case, unchanged, is the same file.
  return pdfDocument({
    title: summary.title,
    creator: 'Tocsin',
    atMs: summary.updatedMs,
    paragraphs: page.paragraphs,
  })
}

function briefPages(page: Page, record: BriefRecord): void {
  const { brief } = record
  page.heading(
    brief.origin.kind === 'computed' ? 'Brief' : `Brief by the model ${brief.origin.model}: ${record.review}`,
  )
  if (brief.origin.kind === 'model') page.text(madeWith(brief.origin))
  page.strong(brief.headline)
  for (const claim of brief.claims) {
    const text = `${claim.text} [${claim.evidence.map(citation => citation.id).join(', ')}]`
    if (struckStatuses.includes(claim.status)) page.struck(text, words(claim.status))
    else page.item(text)
  }
  page.text(`Proposed: ${words(brief.verdict)}, confidence ${Math.round(brief.confidence * 100)} %.`)
  for (const step of brief.nextSteps) page.item(`Next: ${quoteCode(step)}`)
  for (const unknown of brief.unknowns) page.item(`Unknown: ${unknown}`)
  for (const item of page.first(record.evidence, 60))
    page.small(`${item.id} ${item.label} (${item.trust}): ${item.quote}`)
}

type Page = ReturnType<typeof createPage>

function createPage() {
  const paragraphs: Paragraph[] = []
  const write = (
    face: Paragraph['face'],
    size: number,
    text: string,
    more: Pick<Paragraph, 'indent' | 'struck'> = {},
  ) => {
    paragraphs.push({ text, face, size, after: 0.3, ...more })
  }
  return {
    paragraphs,
    title: (text: string) => write('bold', 16, text),
    heading: (text: string) => write('bold', 12, text),
    strong: (text: string) => write('bold', 10, text),
    text: (text: string) => write('regular', 10, text),
    item: (text: string) => write('regular', 9, text, { indent: 10 }),
    struck: (text: string, label: string) => {
      write('regular', 9, text, { indent: 10, struck: true })
      write('oblique', 8, label, { indent: 10 })
    },
    /** What fits a paper; that there is more is said. */
    first: <T>(entries: readonly T[], most: number): readonly T[] => {
      if (entries.length > most)
        write('oblique', 8, `The first ${most} of ${entries.length}: the JSON export has these.`)
      return entries.slice(0, most)
    },
    small: (text: string) => write('regular', 7, text, { indent: 10 }),
  }
}
