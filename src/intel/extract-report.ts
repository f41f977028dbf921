import type { DroppedIndicator, Indicator } from '../domain/indicator.ts'
import { extractIndicators } from '../indicators/extract-indicators.ts'
import { isSharedHost, registrableDomain } from '../indicators/host-name.ts'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { codePointOffsets } from '../lib/code-points.ts'
import { type Problem, problem } from '../lib/problem.ts'
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
  const { text, title, url, format, problems, mail } = await readReport(bytes, name, signal)
  const links = [url ?? options.fetchedFrom, ...(mail?.publishers ?? []).map(host => `https://${host}/`)]
  const { indicators, dropped } = extractIndicators(text, {
    ...(options.ownDomains === undefined ? {} : { ownDomains: options.ownDomains }),
    publishers: links.flatMap(link => publisherOf(link) ?? []),
    readers: mail?.readers ?? [],
  })
  const toCodePoints = codePointOffsets(text)
  const rules = detectionBlocksOf(text)
  // Rows of a feed and the words of a rule describe no attack, and mislead who learned from sentences.
  const prose = format === 'csv' ? '' : withoutRules(text, rules)
  const foreign = isForeign(prose, format)
    ? [
        problem(
          'not-english',
          'techniques are found in English text; here only ids, names and commands count',
        ),
      ]
    : []
  return {
    title: title ?? null,
    url: url ?? null,
    format,
    tlp: tlpOf(text) ?? null,
    indicators,
    techniques: techniquesOf(text, options.attack ?? shippedAttack, prose),
    rules: rules.map(({ start, ...block }) => ({ ...block, offset: toCodePoints(start) })),
    dropped,
    problems: [...problems, ...foreign],
    text,
  }
}

/** The site whose own links say nothing. Where anyone can put up a file, the host is nobody's own. */
function publisherOf(url: string | undefined): string | undefined {
  const host = url === undefined ? null : URL.parse(url)?.hostname
  return host && !isSharedHost(host) ? registrableDomain(host) : undefined
}

function withoutRules(text: string, rules: readonly DetectionBlock[]): string {
  const pieces: string[] = []
  let done = 0
  for (const { start, text: rule } of rules) {
    if (start < done) continue
    pieces.push(text.slice(done, start))
    done = start + rule.length
  }
  return [...pieces, text.slice(done)].join('\n')
}

/** Words that every English text of some length has, and few other languages. */
const english = /\b(?:the|of|and|to|was|were|with|that|from|by|this|it)\b/gi
const wordsToTell = 60

function isForeign(prose: string, format: ReportFormat): boolean {
  if (['csv', 'json', 'stix', 'misp'].includes(format)) return false
  const sample = prose.slice(0, 20_000)
  const words = sample.match(/\p{L}{2,}/gu)?.length ?? 0
  return words >= wordsToTell && (sample.match(english)?.length ?? 0) < words * 0.02
}
