import { isWithheld } from '../evidence/sighting.ts'
import { count } from '../lib/count.ts'
import type { Database } from '../lib/database.ts'
import { type Paragraph, pdfDocument } from '../pdf/pdf-document.ts'
import type { IntelProfile } from '../store/intel-profile.ts'
import { type DigestRow, digestReports } from '../store/intel-reports.ts'
import type { TechniqueCoverage } from './navigator-layer.ts'

/** A report in a digest, with why it stands where it does. */
export interface DigestEntry {
  readonly id: string
  readonly title: string
  readonly marks: string
  /** Why it concerns us; empty where nothing says that it does. */
  readonly reasons: readonly string[]
  readonly techniqueIds: readonly string[]
  readonly createdMs: number
}

export interface Digest {
  readonly title: string
  readonly days: number
  /** Ranked: what was seen here, then what we are exposed to, then what is about our technologies and sectors. */
  readonly concerning: readonly DigestEntry[]
  readonly others: readonly DigestEntry[]
  /** Techniques that reports describe and no alert of ours ever carried, the most described first. */
  readonly gaps: readonly { readonly id: string; readonly reports: number }[]
  /** Reports for named recipients only: counted and not told of. */
  readonly withheld: number
}

export interface DigestInput {
  readonly reports: readonly DigestRow[]
  readonly profile: Pick<IntelProfile, 'sectors' | 'technologies'>
  readonly days: number
  readonly nowMs: number
  readonly coverage: readonly TechniqueCoverage[]
}

const namedGaps = 10
const mostReports = 200
const dayMs = 86_400_000

/** Reads what a digest of the last days is made of, and ranks it. */
export async function readDigest(
  database: Database,
  tenant: string,
  profile: DigestInput['profile'],
  coverage: readonly TechniqueCoverage[],
  days: number,
  nowMs: number,
): Promise<Digest> {
  const words = [...profile.technologies, ...profile.sectors]
  const reports = await digestReports(database, tenant, nowMs - days * dayMs, words, mostReports)
  return rankDigest({ reports, profile, coverage, days, nowMs })
}

/** Ranks reports by what our own data and profile say. Counts and names only, no opinion. */
function rankDigest({ reports, profile, days, nowMs, coverage }: DigestInput): Digest {
  const shown = reports.filter(({ tlp }) => tlp !== 'TLP:RED')
  const ranked = shown
    .map(report => ({ report, ...weigh(report, profile) }))
    .sort(
      (a, b) =>
        b.weight - a.weight ||
        a.report.trust.localeCompare(b.report.trust) ||
        b.report.createdMs - a.report.createdMs,
    )
  const entries = ranked.map(
    ({ report, reasons }): DigestEntry => ({
      id: report.id,
      title: report.title ?? report.name,
      marks: `${report.tlp ?? 'no TLP mark'}; source ${report.source}, trust ${report.trust}; ${count(report.indicatorCount, 'indicator')}`,
      reasons,
      techniqueIds: report.techniqueIds,
      createdMs: report.createdMs,
    }),
  )
  return {
    title: `Threat intelligence of the last ${days === 1 ? 'day' : `${days} days`}, ${new Date(nowMs).toISOString().slice(0, 10)}`,
    days,
    concerning: entries.filter(({ reasons }) => reasons.length > 0),
    others: entries.filter(({ reasons }) => reasons.length === 0),
    gaps: coverage
      .filter(each => each.reports > 0 && each.alerts === 0)
      .sort((a, b) => b.reports - a.reports || a.id.localeCompare(b.id))
      .slice(0, namedGaps)
      .map(({ id, reports: count }) => ({ id, reports: count })),
    withheld: reports.length - shown.length,
  }
}

/** A sighting outweighs any number of names; a vulnerability that we have outweighs a mention of a product. */
function weigh(
  report: DigestRow,
  { sectors, technologies }: DigestInput['profile'],
): { readonly weight: number; readonly reasons: string[] } {
  const cves = report.sharedVulnerabilities
  const used = technologies.filter(name => report.words.includes(name))
  const aimed = sectors.filter(name => report.words.includes(name))
  const seen = report.sightingCount
  return {
    weight:
      (seen > 0 ? 1_000 + Math.min(seen, 500) : 0) + 100 * cves.length + 10 * used.length + 8 * aimed.length,
    reasons: [
      ...(seen > 0 ? [`its indicators stand in ${seen} of our alerts`] : []),
      ...(cves.length > 0 ? [`our alerts or our inventory name ${cves.slice(0, 5).join(', ')} too`] : []),
      ...(used.length > 0 ? [`it names ${used.join(', ')}, which we use`] : []),
      ...(aimed.length > 0 ? [`it names our sector: ${aimed.join(', ')}`] : []),
    ],
  }
}

/** A heading, or a line under one. */
interface DigestLine {
  readonly kind: 'title' | 'heading' | 'item' | 'detail'
  readonly text: string
}

function linesOf(digest: Digest): DigestLine[] {
  const { concerning, others, gaps, withheld } = digest
  const none = (text: string): DigestLine[] => [{ kind: 'detail', text }]
  return [
    { kind: 'title', text: digest.title },
    { kind: 'heading', text: `Concerns us (${concerning.length})` },
    ...(concerning.length === 0
      ? none('Nothing in these reports was seen here, is a weakness of ours, or names what we use.')
      : concerning.flatMap(entryLines)),
    { kind: 'heading', text: `No sign of it here (${others.length})` },
    ...(others.length === 0 ? none('None.') : others.flatMap(entryLines)),
    { kind: 'heading', text: 'Described by reports, never in our alerts' },
    ...(gaps.length === 0
      ? none('Every technique that a report describes was carried by an alert of ours at least once.')
      : gaps.map(
          ({ id, reports }): DigestLine => ({
            kind: 'item',
            text: `${id}: in ${reports} ${reports === 1 ? 'report' : 'reports'}`,
          }),
        )),
    ...(withheld === 0
      ? []
      : none(`${withheld} reports marked TLP:RED are for named recipients and not told of here.`)),
  ]
}

function entryLines({ title, marks, reasons, techniqueIds }: DigestEntry): DigestLine[] {
  return [
    { kind: 'item', text: title },
    ...reasons.map((text): DigestLine => ({ kind: 'detail', text: `because ${text}` })),
    { kind: 'detail', text: `${marks}; techniques ${techniqueIds.slice(0, 8).join(', ') || 'none'}` },
  ]
}

const marks: Readonly<Record<DigestLine['kind'], string>> = {
  title: '# ',
  heading: '\n## ',
  item: '- ',
  detail: '  ',
}

/** Markdown; titles come from reports and are escaped, so that none becomes a link or an image. */
export function digestMarkdown(digest: Digest): string {
  const plain = (text: string) =>
    text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>#!|]/g, mark => `\\${mark}`)
  return `${linesOf(digest)
    .map(({ kind, text }) => `${marks[kind]}${plain(text)}`)
    .join('\n')}\n`
}

/** Plain text for a mail. Mail goes through servers of others: titles of reports under a mark stay in the console. */
export function digestMail(digest: Digest, publicUrl: string): { subject: string; text: string } {
  const quiet = (entry: DigestEntry): DigestEntry =>
    isWithheld(entry.marks.split(';')[0] ?? null) ? { ...entry, title: 'A report under a TLP mark' } : entry
  const mailed = {
    ...digest,
    concerning: digest.concerning.map(quiet),
    others: digest.others.map(quiet),
  }
  const lines = linesOf(mailed).map(({ kind, text }) =>
    kind === 'heading'
      ? `\n${text}\n${'-'.repeat(text.length)}`
      : `${kind === 'detail' ? '    ' : kind === 'item' ? '  * ' : ''}${text.replaceAll(/[\r\n]+/g, ' ')}`,
  )
  const count = digest.concerning.length
  return {
    subject: `${digest.title}: ${count === 0 ? 'nothing concerns us' : `${count} concern us`}`,
    text: `${lines.join('\n')}\n\n${publicUrl}/intel/digest?days=${digest.days}\n`,
  }
}

const sizes: Readonly<Record<DigestLine['kind'], number>> = { title: 18, heading: 14, item: 11, detail: 9 }

/** The same as PDF. */
export function digestPdf(digest: Digest): Promise<Buffer> {
  const paragraphs = linesOf(digest).map(
    ({ kind, text }): Paragraph => ({
      text,
      face: 'regular',
      size: sizes[kind],
      indent: kind === 'detail' ? 12 : 0,
      before: kind === 'heading' ? 1 : 0,
    }),
  )
  return pdfDocument({ title: 'Threat intelligence digest', creator: 'Tocsin', paragraphs })
}
