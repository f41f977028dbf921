import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AppError } from '../lib/app-error.ts'
import type { WorkerReply } from './answer-parent.ts'

const memoryMb = 1024

/**
 * Asks a worker one question, with a memory limit and a deadline. A process and not a thread: a thread that is ended in
 * the middle of its work was seen to take the whole process down. Rejects with `too-slow` past the deadline, with the
 * worker's error, and with the signal's reason.
 */
export function runInWorker<Answer>(
  script: URL,
  question: unknown,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = fork(fileURLToPath(script), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${memoryMb}`, '--no-warnings'],
    })
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      worker.removeAllListeners()
      worker.kill('SIGKILL')
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
    const ended = (how: string) =>
      end(() => reject(new AppError('worker-ended', `its run ended early, ${how}`)))
    signal.addEventListener('abort', stop, { once: true })
    worker.once('message', (reply: WorkerReply) =>
      end(() =>
        reply.kind === 'answer'
          ? resolve(reply.value as Answer) // What this script sends.
          : reject(new AppError(reply.code, reply.message)),
      ),
    )
    worker.once('error', error => ended(`with ${error.message}`))
    worker.once('exit', (code, by) => ended(by === null ? `with code ${code}` : `by ${by}`))
    worker.send({ question }, error => {
      if (error) ended(`with ${error.message}`)
    })
  })
}
