import type { DroppedIndicator, Indicator } from '../domain/indicator.ts'
import { extractIndicators } from '../indicators/extract-indicators.ts'
import { isSharedHost, registrableDomain } from '../indicators/host-name.ts'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { codePointOffsets } from '../lib/code-points.ts'
import type { Problem } from '../lib/problem.ts'
import { type DetectionBlock, detectionBlocksOf } from './detection-blocks.ts'
import type { RankedTechnique } from './rank-techniques.ts'
import { readReport } from './read-report.ts'
import type { ReportFormat } from './report-text.ts'
import { techniquesOf } from './stated-techniques.ts'
import { type TlpMark, tlpOf } from './tlp.ts'

/** What a report holds, extracted by code alone. Offsets are code points of `text`. */
export interface ReportExtract {
  readonly title: string | null
  readonly url: string | null
  readonly format: ReportFormat
  readonly tlp: TlpMark | null
  readonly indicators: readonly Indicator[]
  readonly techniques: readonly RankedTechnique[]
  /** Detection rules that the report quotes. */
  readonly rules: readonly ExtractedRule[]
  readonly dropped: readonly DroppedIndicator[]
  readonly problems: readonly Problem[]
  /** The text that offsets and quotes refer to. */
  readonly text: string
}

export interface ExtractedRule {
  readonly kind: DetectionBlock['kind']
  readonly name: string
  readonly text: string
  readonly offset: number
}

export interface ReportOptions {
  /** Our own domains: never indicators, whatever a report says. */
  readonly ownDomains?: readonly string[]
  /** ATT&CK as this installation knows it; left out, as it ships. */
  readonly attack?: AttackKnowledge
  /** The address that the text was fetched from, where it names none itself. */
  readonly fetchedFrom?: string | undefined
}

/** Reads a report and extracts what code can: TLP, indicators, techniques, rules. Never throws for content. */
export async function extractReport(
  bytes: Uint8Array,
  name: string,
  options: ReportOptions = {},
  signal?: AbortSignal,
): Promise<ReportExtract> {
  const { text, title, url, format, problems } = await readReport(bytes, name, signal)
  const publisher = publisherOf(url ?? options.fetchedFrom)
  const { indicators, dropped } = extractIndicators(text, {
    ...(options.ownDomains === undefined ? {} : { ownDomains: options.ownDomains }),
    ...(publisher === undefined ? {} : { publisher }),
  })
  const toCodePoints = codePointOffsets(text)
  return {
    title: title ?? null,
    url: url ?? null,
    format,
    tlp: tlpOf(text) ?? null,
    indicators,
    techniques: techniquesOf(text, options.attack ?? shippedAttack),
    rules: detectionBlocksOf(text).map(({ start, ...block }) => ({ ...block, offset: toCodePoints(start) })),
    dropped,
    problems,
    text,
  }
}

/** The site whose own links say nothing. Where anyone can put up a file, the host is nobody's own. */
function publisherOf(url: string | undefined): string | undefined {
  const host = url === undefined ? null : URL.parse(url)?.hostname
  return host && !isSharedHost(host) ? registrableDomain(host) : undefined
}
