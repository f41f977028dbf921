import { Worker } from 'node:worker_threads'
import { AppError } from '../lib/app-error.ts'

const memoryMb = 1024

/**
 * Asks a worker thread one question, with a memory limit and a deadline. The worker answers with one message. Rejects with
 * `too-slow` past the deadline, with the worker's error, and with the signal's reason.
 */
export function runInWorker<Answer>(
  script: URL,
  question: unknown,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(script, {
      workerData: question,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      void worker.terminate()
      settle()
    }
    const timer = setTimeout(
      () =>
        end(() =>
          reject(new AppError('too-slow', `it was still running after ${timeoutMs} ms and was stopped`)),
        ),
      timeoutMs,
    )
    const stop = () => end(() => reject(signal.reason))
    signal.addEventListener('abort', stop, { once: true })
    worker.once('message', (answer: Answer) => end(() => resolve(answer))) // What this script sends.
    worker.once('error', error => end(() => reject(error)))
    worker.once('exit', code =>
      end(() => reject(new AppError('worker-ended', `its run ended early, with code ${code}`))),
    )
  })
}
