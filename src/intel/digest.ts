import PDFDocument from 'pdfkit'
import type { TechniqueCoverage } from './navigator-layer.ts'

/** A report as the digest tells of it. */
export interface DigestReport {
  readonly id: string
  readonly title: string | null
  readonly name: string
  readonly source: string
  readonly trust: string
  readonly tlp: string | null
  readonly indicatorCount: number
  readonly sightingCount: number
  readonly techniqueIds: readonly string[]
  readonly createdMs: number
}

export interface DigestInput {
  readonly reports: readonly DigestReport[]
  readonly days: number
  readonly nowMs: number
  readonly coverage: readonly TechniqueCoverage[]
}

/** A heading, or a line under one. */
interface DigestLine {
  readonly kind: 'title' | 'heading' | 'item' | 'detail'
  readonly text: string
}

const namedGaps = 10

/** What came in, those that concern us first, then what reports describe and we have never seen. Counts only. */
function linesOf({ reports, days, nowMs, coverage }: DigestInput): DigestLine[] {
  const ranked = [...reports].sort(
    (a, b) =>
      b.sightingCount - a.sightingCount || a.trust.localeCompare(b.trust) || b.createdMs - a.createdMs,
  )
  const seen = ranked.filter(({ sightingCount }) => sightingCount > 0)
  const rest = ranked.filter(({ sightingCount }) => sightingCount === 0)
  const gaps = coverage
    .filter(({ reports, alerts }) => reports > 0 && alerts === 0)
    .sort((a, b) => b.reports - a.reports)
  return [
    {
      kind: 'title',
      text: `Threat intelligence of the last ${days} days, ${new Date(nowMs).toISOString().slice(0, 10)}`,
    },
    { kind: 'heading', text: `Seen in our alerts (${seen.length})` },
    ...(seen.length === 0
      ? [detail('No indicator of these reports stands in our alerts.')]
      : seen.flatMap(reportLines)),
    { kind: 'heading', text: `No sign of it here (${rest.length})` },
    ...rest.flatMap(reportLines),
    { kind: 'heading', text: 'Described by reports, never in our alerts' },
    ...(gaps.length === 0
      ? [detail('Every technique that a report describes was carried by an alert of ours at least once.')]
      : gaps
          .slice(0, namedGaps)
          .map(({ id, reports }) => ({ kind: 'item' as const, text: `${id}: in ${reports} reports` }))),
  ]
}

function reportLines(report: DigestReport): DigestLine[] {
  const marks = [report.tlp ?? 'no TLP mark', `source ${report.source}, trust ${report.trust}`].join('; ')
  return [
    { kind: 'item', text: report.title ?? report.name },
    detail(
      `${marks}; ${report.indicatorCount} indicators, in ${report.sightingCount} alerts; techniques ${report.techniqueIds.slice(0, 8).join(', ') || 'none'}`,
    ),
  ]
}

const detail = (text: string): DigestLine => ({ kind: 'detail', text })

const marks: Readonly<Record<DigestLine['kind'], string>> = {
  title: '# ',
  heading: '\n## ',
  item: '- ',
  detail: '  ',
}

/** Markdown; titles come from reports and are escaped, so that none becomes a link or an image. */
export function digestMarkdown(input: DigestInput): string {
  const plain = (text: string) =>
    text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>#!|]/g, mark => `\\${mark}`)
  return `${linesOf(input)
    .map(({ kind, text }) => `${marks[kind]}${plain(text)}`)
    .join('\n')}\n`
}

const sizes: Readonly<Record<DigestLine['kind'], number>> = { title: 18, heading: 14, item: 11, detail: 9 }

/** The same as PDF. */
export async function digestPdf(input: DigestInput): Promise<Buffer> {
  const document = new PDFDocument({ margin: 50, info: { Title: 'Threat intelligence digest' } })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve)
    document.on('error', reject)
  })
  for (const { kind, text } of linesOf(input)) {
    if (kind === 'heading') document.moveDown()
    document.fontSize(sizes[kind]).text(text, { indent: kind === 'detail' ? 12 : 0 })
  }
  document.end()
  await ended
  return Buffer.concat(chunks)
}
