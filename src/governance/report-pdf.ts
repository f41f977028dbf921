import { type Paragraph, pdfDocument } from '../pdf/pdf-document.ts'
import type { ComplianceReport } from './compliance-report.ts'
import { statementLines } from './own-statement.ts'
import { factsOf, recordLines, statusWords } from './report-facts.ts'

/**
 * The report as a PDF. The same report gives the same bytes: the only time that a PDF must name is the end of the period,
 * and its identifier is a digest of what it says about itself.
 */
export function reportPdf(report: ComplianceReport): Promise<Buffer> {
  const title = `${report.framework.name} ${report.framework.version}: evidence`
  const paragraphs: Paragraph[] = []
  const write = (face: Paragraph['face'], size: number, text: string, more: Partial<Paragraph> = {}) =>
    paragraphs.push({ text, face, size, after: 0.25, ...more })
  write('bold', 16, title)
  for (const [name, value] of factsOf(report)) write('regular', 9, `${name}: ${value}`)
  write('oblique', 8, report.notice)
  const indent = 10
  for (const control of report.controls) {
    const earlier = control.earlier_ids.length === 0 ? '' : ` (before: ${control.earlier_ids.join(', ')})`
    // A control's heading does not stand alone at the foot of a page.
    write('bold', 10, `${control.id}${earlier}: ${control.topic}`, { before: 0.4, room: 130 })
    write('bold', 9, `Status: ${statusWords(control)}. Owner: ${control.owner}.`, { indent })
    for (const line of recordLines(control)) write('regular', 8, `Record: ${line}`, { indent })
    for (const gap of control.gaps) write('regular', 8, `Gap: ${gap}`, { indent })
    for (const line of statementLines(control.own)) write('oblique', 8, line, { indent })
  }
  return pdfDocument({
    title,
    creator: `Tocsin ${report.tocsin}`,
    producer: 'Tocsin',
    atMs: Date.parse(report.period.to),
    paragraphs,
    footer: (page, pages) => `${title}, page ${page} of ${pages}`,
  })
}
