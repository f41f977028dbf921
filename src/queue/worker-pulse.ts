/**
 * What a worker waits for, and until when each must have come to an end. A worker that is busy is never late: its jobs are
 * told to end in time, and its questions to the database are answered or fail. What is late long after that hangs, and only a
 * new process helps: the place that it holds is worked on by nobody. By a clock that does not jump.
 */
export class WorkerPulse {
  readonly #open = new Map<symbol, { readonly what: string; readonly untilMs: number }>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** Runs `action`, which is late after `withinMs`. */
  async during<Result>(what: string, withinMs: number, action: () => Promise<Result>): Promise<Result> {
    const key = Symbol(what)
    this.#open.set(key, { what, untilMs: this.#nowMs() + withinMs })
    try {
      return await action()
    } finally {
      this.#open.delete(key)
    }
  }

  /** What should have come to its end long ago, by name; empty while the worker turns. */
  late(): string[] {
    const nowMs = this.#nowMs()
    return [...this.#open.values()].flatMap(({ what, untilMs }) => (untilMs < nowMs ? [what] : []))
  }
}
