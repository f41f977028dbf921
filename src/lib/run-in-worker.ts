import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerReply } from './answer-parent.ts'
import { AppError } from './app-error.ts'
import { residentBytes } from './resident-memory.ts'
import { Turns } from './turns.ts'

/** Of JavaScript's own heap, and of all that the process holds (watched on Linux only). */
const heapMb = 1_024
const residentLimitBytes = 2 * 1024 * 1024 * 1024
const memoryCheckMs = 100
/** Workers are named as in a checkout; in a package they are JavaScript, as this file is. */
const ownExtension = extname(import.meta.filename)

/**
 * Processes of one script. Each may take all of the memory above: who may ask a question could otherwise ask it a hundred times
 * and take the machine down.
 */
const mostAtOnce = 2
const mostWaiting = 100
const turnsOf = new Map<string, Turns>()

/**
 * Asks a worker one question, with memory limits and a deadline. A process and not a thread: a thread that is ended in
 * the middle of its work was seen to take the whole process down. It gets no environment, so it knows no secret. Rejects
 * with `too-slow` past the deadline, `out-of-memory`, `worker-ended`, the worker's own error, `busy`, or the signal's reason.
 * Of one script so many processes run at once; the others wait, and their deadline begins when they begin.
 */
export function runInWorker<Answer>(
  script: URL,
  question: unknown,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  const turns = turnsOf.get(script.href) ?? new Turns(mostAtOnce, mostWaiting)
  turnsOf.set(script.href, turns)
  return turns.run(() => askWorker<Answer>(script, question, timeoutMs, signal), signal)
}

function askWorker<Answer>(
  script: URL,
  question: unknown,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const worker = fork(fileURLToPath(script).replace(/\.ts$/, ownExtension), [], {
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${heapMb}`, '--no-warnings'],
    })
    const end = (settle: () => void) => {
      clearTimeout(timer)
      clearInterval(watch)
      signal?.removeEventListener('abort', stop)
      worker.removeAllListeners()
      worker.kill('SIGKILL')
      settle()
    }
    const fail = (code: string, message: string) => end(() => reject(new AppError(code, message)))
    const timer = setTimeout(
      () => fail('too-slow', `it was still running after ${timeoutMs} ms and was stopped`),
      timeoutMs,
    )
    const watch = setInterval(() => {
      if (residentBytes(worker.pid) > residentLimitBytes)
        fail('out-of-memory', `it needed more than ${residentLimitBytes} bytes of memory and was stopped`)
    }, memoryCheckMs)
    const stop = () => end(() => reject(signal?.reason))
    const ended = (how: string) => fail('worker-ended', `its run ended early, ${how}`)
    signal?.addEventListener('abort', stop, { once: true })
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
