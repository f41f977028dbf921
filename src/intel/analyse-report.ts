import { extractIndicators } from '../indicators/extract-indicators.ts'
import { isSharedHost, registrableDomain } from '../indicators/host-name.ts'
import { codePointOffsets } from '../lib/code-points.ts'
import { problem } from '../lib/problem.ts'
import { type DetectionBlock, detectionBlocksOf } from './detection-blocks.ts'
import type { ReportExtract } from './extract-report.ts'
import type { ReportFormat, ReportText } from './report-text.ts'
import { type NamedTechniques, techniquesOf } from './stated-techniques.ts'
import { tlpOf } from './tlp.ts'

export interface AnalysisOptions {
  readonly ownDomains: readonly string[]
  readonly attack: NamedTechniques
  readonly fetchedFrom: string | undefined
}

/** What code can say of a report that was read: TLP, indicators, techniques, rules. */
export function analyseReport(report: ReportText, options: AnalysisOptions): ReportExtract {
  const { text, title, url, format, problems, mail } = report
  const links = [url ?? options.fetchedFrom, ...(mail?.publishers ?? []).map(host => `https://${host}/`)]
  const { indicators, dropped } = extractIndicators(text, {
    ownDomains: options.ownDomains,
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
    techniques: techniquesOf(text, options.attack, prose),
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
