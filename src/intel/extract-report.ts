import type { DroppedIndicator, Indicator } from '../domain/indicator.ts'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { AppError } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { runInWorker } from '../lib/run-in-worker.ts'
import { analyseReport } from './analyse-report.ts'
import type { DetectionBlock } from './detection-blocks.ts'
import type { ReportQuestion } from './extract-report.worker.ts'
import type { RankedTechnique } from './rank-techniques.ts'
import { formatOf, readReport } from './read-report.ts'
import type { ReportFormat, ReportText } from './report-text.ts'
import type { TlpMark } from './tlp.ts'

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

/**
 * What is larger is read in a process of its own. A page nested two million deep or a list of a million rows takes its time, in
 * which nobody else would be served; and what packs a thousandfold counts for what it unpacks to.
 */
const mostHere = { bytes: 64 * 1024, packedBytes: 32 * 1024 }
const readingMs = 180_000
const workerScript = new URL('./extract-report.worker.ts', import.meta.url)

/**
 * Reads a report and extracts what code can: TLP, indicators, techniques, rules. Never throws for content: what takes too long or
 * too much memory ends in an extract that says so.
 */
export async function extractReport(
  bytes: Uint8Array,
  name: string,
  options: ReportOptions = {},
  signal?: AbortSignal,
  timeoutMs = readingMs,
): Promise<ReportExtract> {
  const { attack = shippedAttack, ownDomains = [], fetchedFrom } = options
  const format = formatOf(bytes, name)
  // PDFs have a process of their own already.
  const known =
    format === 'pdf' || bytes.length <= (format === 'docx' ? mostHere.packedBytes : mostHere.bytes)
      ? await readReport(bytes, name, signal)
      : undefined
  if (known !== undefined && known.text.length <= mostHere.bytes)
    return analyseReport(known, { ownDomains, attack, fetchedFrom })
  const { added, otherTechniques } = attack
  const question: ReportQuestion = {
    ...(known === undefined ? { bytes } : { report: known }),
    ...{ name, ownDomains, fetchedFrom, added, otherTechniques },
  }
  try {
    return await runInWorker<ReportExtract>(workerScript, question, timeoutMs, signal)
  } catch (error) {
    // What may go better another time says nothing of the report.
    if (signal?.aborted || !(error instanceof AppError) || error.retryable) throw error
    return unread(format === 'binary' ? 'text' : format, known, problem(error.code, error.message))
  }
}

/** What is left of a report that could not be worked through: its title, and why. */
function unread(format: ReportFormat, known: ReportText | undefined, why: Problem): ReportExtract {
  return {
    title: known?.title ?? null,
    url: known?.url ?? null,
    format,
    ...{ tlp: null, indicators: [], techniques: [], rules: [], dropped: [], text: '' },
    problems: [...(known?.problems ?? []), why],
  }
}
