import { Worker } from 'node:worker_threads'
import { messageOf } from '../lib/app-error.ts'
import { problem } from '../lib/problem.ts'
import { longestText, type ReportText } from './report-text.ts'

/** What the worker is asked, and what it answers. */
export interface PdfQuestion {
  readonly bytes: Uint8Array
  readonly longestText: number
  readonly mostPages: number
}

export interface PdfAnswer {
  readonly text: string
  readonly title?: string
  /** Pages that were there and were read. */
  readonly pages: number
  readonly read: number
  /** Why reading stopped, where it did. */
  readonly error?: string
}

const limits = { sizeBytes: 300 * 1024 * 1024, pages: 2_000, timeMs: 60_000, memoryMb: 1_024 }

/**
 * The text of a PDF, by pdf.js in a worker thread of its own with a memory limit and a deadline: PDFs are programs, and a
 * bomb must take down the worker, not the product. Columns of a table are split by tabs. Scripts and fonts are not run.
 */
export async function readPdf(bytes: Uint8Array, signal?: AbortSignal): Promise<ReportText> {
  if (bytes.length > limits.sizeBytes) return failed(`the file is larger than ${limits.sizeBytes} bytes`)
  try {
    const answer = await askWorker({ bytes, longestText, mostPages: limits.pages }, signal)
    const problems = answer.error === undefined ? [] : [problem('pdf-incomplete', answer.error)]
    if (answer.read < answer.pages)
      problems.push(problem('pdf-incomplete', `${answer.read} of ${answer.pages} pages were read`))
    if (answer.text.trim() === '' && answer.error === undefined)
      problems.push(problem('no-text', 'its pages hold no text; they may be scanned pictures: run OCR first'))
    const title = answer.title ?? /\S[^\n]{0,299}/.exec(answer.text)?.[0]
    return { text: answer.text, format: 'pdf', problems, ...(title === undefined ? {} : { title }) }
  } catch (error) {
    if (signal?.aborted) throw error
    return failed(messageOf(error))
  }
}

function failed(message: string): ReportText {
  return { text: '', format: 'pdf', problems: [problem('pdf-unreadable', message)] }
}

function askWorker(question: PdfQuestion, signal?: AbortSignal): Promise<PdfAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./read-pdf.worker.ts', import.meta.url), {
      workerData: question,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
      // pdf.js logs about broken fonts; nobody reads it.
      stdout: true,
      stderr: true,
    })
    const timer = setTimeout(
      () => end(() => reject(new Error(`reading took longer than ${limits.timeMs} ms`))),
      limits.timeMs,
    )
    const stop = () => end(() => reject(signal?.reason))
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      void worker.terminate()
      settle()
    }
    signal?.addEventListener('abort', stop, { once: true })
    worker.once('message', (answer: PdfAnswer) => end(() => resolve(answer)))
    worker.once('error', error => end(() => reject(error)))
    worker.once('exit', code => end(() => reject(new Error(`the reader stopped with code ${code}`))))
  })
}
