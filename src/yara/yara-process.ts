import { type ChildProcess, fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { residentBytes } from '../lib/resident-memory.ts'
import type { ChildRequest, ChildResponse } from './child-protocol.ts'

export interface YaraProcessLimits {
  /** How long one question may take. */
  readonly timeoutMs: number
  /** Resident memory at which the child is killed (watched on Linux only). */
  readonly memoryBytes: number
}

const memoryCheckMs = 50

/**
 * The YARA child process, started when first asked and again after it died. A question that kills it, takes too long
 * or too much memory rejects with `yara-crashed`, `timed-out` or `out-of-memory`; what had been loaded is gone then,
 * and `generation` has grown.
 */
export class YaraProcess {
  #child: ChildProcess | undefined
  #generation = 0
  #queue: Promise<unknown> = Promise.resolve()

  /** Grows with each start of the child: whoever loaded rules knows by it that they must be loaded again. */
  get generation(): number {
    return this.#generation
  }

  /** Asks one question, after those that were asked before it. */
  ask(request: ChildRequest, limits: YaraProcessLimits, signal?: AbortSignal): Promise<ChildResponse> {
    const turn = this.#queue.then(() => this.#ask(request, limits, signal))
    this.#queue = turn.catch(() => undefined) // The failure belongs to whoever asked; the next question starts fresh.
    return turn
  }

  /** Starts the child if there is none. */
  start(): void {
    if (this.#child !== undefined) return
    const script = join(import.meta.dirname, `yara-child${extname(import.meta.filename)}`)
    this.#child = fork(script, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--no-warnings'],
    })
    this.#generation++
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  #ask(request: ChildRequest, limits: YaraProcessLimits, signal?: AbortSignal): Promise<ChildResponse> {
    this.start()
    const child = this.#child
    return new Promise((resolve, reject) => {
      if (child === undefined) throw new AppError('unreachable', 'no YARA process')
      if (signal?.aborted) return reject(signal.reason)
      const settle = (action: () => void, kill: boolean) => {
        clearTimeout(timer)
        clearInterval(watch)
        child.removeAllListeners()
        signal?.removeEventListener('abort', stop)
        if (kill) this.close()
        action()
      }
      const fail = (error: unknown) => settle(() => reject(error), true)
      const stop = () => fail(signal?.reason)
      const timer = setTimeout(
        () => fail(new AppError('timed-out', `YARA took longer than ${limits.timeoutMs} ms: stopped`)),
        limits.timeoutMs,
      )
      const watch = setInterval(() => {
        if (residentBytes(child.pid) > limits.memoryBytes) {
          fail(
            new AppError(
              'out-of-memory',
              `YARA needed more than ${limits.memoryBytes} bytes of memory: stopped`,
            ),
          )
        }
      }, memoryCheckMs)
      signal?.addEventListener('abort', stop, { once: true })
      child.once('message', (response: ChildResponse) => settle(() => resolve(response), false))
      child.once('error', error =>
        fail(new AppError('yara-crashed', `YARA could not be run: ${error.message}`)),
      )
      child.once('exit', (code, by) =>
        fail(
          new AppError(
            'yara-crashed',
            `YARA died on this input (${by ?? `exit code ${code}`}): bisect the rule, an oversized regular expression is the usual cause`,
          ),
        ),
      )
      child.send(request, error => {
        if (error) fail(new AppError('yara-crashed', `YARA could not be asked: ${error.message}`))
      })
    })
  }
}
