import { AppError, messageOf } from '../lib/app-error.ts'
import { problem } from '../lib/problem.ts'
import { runInWorker } from '../lib/run-in-worker.ts'
import { firstLine, longestText, type ReportText } from './report-text.ts'

/** What the worker process is asked, and what it answers. */
export interface PdfQuestion {
  readonly bytes: Uint8Array
  readonly longestText: number
  readonly mostPages: number
}

export interface PdfAnswer {
  /** What was wrapped on a page is put together again. */
  readonly text: string
  readonly title?: string
  /** Pages that were there and were read. */
  readonly pages: number
  readonly read: number
  /** Why reading stopped, where it did. */
  readonly error?: string
}

const limits = { sizeBytes: 300 * 1024 * 1024, pages: 2_000 }
const readingMs = 60_000
const workerScript = new URL('./read-pdf.worker.ts', import.meta.url)

/**
 * The text of a PDF, by pdf.js in a process of its own with memory limits and a deadline: PDFs are programs, and a bomb
 * must take down the worker, not the product. Columns of a table are split by tabs. Scripts and fonts are not run.
 */
export async function readPdf(
  bytes: Uint8Array,
  signal?: AbortSignal,
  timeoutMs = readingMs,
): Promise<ReportText> {
  if (bytes.length > limits.sizeBytes) return failed(`the file is larger than ${limits.sizeBytes} bytes`)
  try {
    const question: PdfQuestion = { bytes, longestText, mostPages: limits.pages }
    const answer = await runInWorker<PdfAnswer>(workerScript, question, timeoutMs, signal)
    const problems = answer.error === undefined ? [] : [problem('pdf-incomplete', answer.error)]
    if (answer.read < answer.pages)
      problems.push(problem('pdf-incomplete', `${answer.read} of ${answer.pages} pages were read`))
    if (answer.text.trim() === '' && answer.error === undefined)
      problems.push(problem('no-text', 'its pages hold no text; they may be scanned pictures: run OCR first'))
    const { text } = answer
    const title = titleOf(answer.title) ?? firstLine(text)
    return { text, format: 'pdf', problems, ...(title === undefined ? {} : { title }) }
  } catch (error) {
    // What may go better another time says nothing of the file.
    if (signal?.aborted || (error instanceof AppError && error.retryable)) throw error
    return failed(messageOf(error))
  }
}

/** What programs write where nobody gave a title says nothing; some put their name before it. */
function titleOf(title: string | undefined): string | undefined {
  const named = title
    ?.replace(/^Microsoft (?:Word|PowerPoint) - |\.(?:docx?|pptx?|pdf|indd|odt)$/gi, '')
    .trim()
  return named === undefined || /^(?:about:blank|untitled.*|document\d*|)$/i.test(named) ? undefined : named
}

function failed(message: string): ReportText {
  return { text: '', format: 'pdf', problems: [problem('pdf-unreadable', message)] }
}
