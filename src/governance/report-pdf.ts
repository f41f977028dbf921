import PDFDocument from 'pdfkit'
import type { ComplianceReport } from './compliance-report.ts'
import { statementLines } from './own-statement.ts'
import { factsOf, recordLines, statusWords } from './report-facts.ts'

/**
 * The report as a PDF. The same report gives the same bytes: the only time that a PDF must name is the end of the period,
 * and its identifier is a digest of what it says about itself.
 */
export async function reportPdf(report: ComplianceReport): Promise<Buffer> {
  const title = `${report.framework.name} ${report.framework.version}: evidence`
  const document = new PDFDocument({
    size: 'A4',
    margin: 50,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: printable(title),
      Creator: `Tocsin ${report.tocsin}`,
      Producer: 'Tocsin',
      CreationDate: new Date(report.period.to),
      ModDate: new Date(report.period.to),
    },
  })
  const chunks: Buffer[] = []
  document.on('data', chunk => chunks.push(chunk))
  const ended = new Promise<void>(resolve => document.on('end', () => resolve()))
  const write = (font: string, size: number, text: string, indent = 0) =>
    document.font(font).fontSize(size).text(printable(text), { indent }).moveDown(0.25)
  write('Helvetica-Bold', 16, title)
  for (const [name, value] of factsOf(report)) write('Helvetica', 9, `${name}: ${value}`)
  write('Helvetica-Oblique', 8, report.notice)
  for (const control of report.controls) {
    const earlier = control.earlier_ids.length === 0 ? '' : ` (before: ${control.earlier_ids.join(', ')})`
    // A control's heading does not stand alone at the foot of a page.
    if (document.y > document.page.height - 130) document.addPage()
    document.moveDown(0.4)
    write('Helvetica-Bold', 10, `${control.id}${earlier}: ${control.topic}`)
    write('Helvetica-Bold', 9, `Status: ${statusWords(control)}. Owner: ${control.owner}.`, 10)
    for (const line of recordLines(control)) write('Helvetica', 8, `Record: ${line}`, 10)
    for (const gap of control.gaps) write('Helvetica', 8, `Gap: ${gap}`, 10)
    for (const line of statementLines(control.own)) write('Helvetica-Oblique', 8, line, 10)
  }
  numberPages(document, title)
  document.end()
  await ended
  return Buffer.concat(chunks)
}

function numberPages(document: PDFKit.PDFDocument, title: string): void {
  const { start, count } = document.bufferedPageRange()
  for (let page = start; page < start + count; page++) {
    document.switchToPage(page)
    // Below the margin, where text would begin a page of its own.
    document.page.margins.bottom = 0
    document
      .font('Helvetica')
      .fontSize(7)
      .text(printable(`${title}, page ${page + 1} of ${count}`), 50, document.page.height - 35, {
        lineBreak: false,
      })
  }
}

/** The standard fonts hold Latin-1: other characters are written as their code points, so that none is lost. */
function printable(text: string): string {
  return text
    .slice(0, 4000)
    .replace(/[^\x20-\x7e\xa0-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac]/gu, character => {
      return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`
    })
}
