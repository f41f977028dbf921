import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

export interface Wrapping {
  /** The checkout that the program is of; this one when left out. */
  readonly root?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** A program that is started again where it ends, as systemd does. */
export class Supervised {
  readonly name: string
  readonly #arguments: readonly string[]
  readonly #environment: Readonly<Record<string, string>>
  readonly #wrapping: Wrapping
  #child: ReturnType<typeof spawn> | undefined
  #stopped = false
  #output = ''
  restarts = 0

  constructor(
    name: string,
    args: readonly string[],
    environment: Record<string, string>,
    wrapping: Wrapping = {},
  ) {
    this.name = name
    this.#arguments = args
    this.#environment = { ...environment, ...wrapping.environment }
    this.#wrapping = wrapping
  }

  start(): void {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TOCSIN_|DATABASE_URL|VITEST)/.test(name),
    )
    const [command = '', ...rest] = [
      ...(this.#wrapping.command ?? []),
      process.execPath,
      join(this.#wrapping.root ?? root, 'src', 'run-cli.ts'),
      ...this.#arguments,
    ]
    const child = spawn(command, rest, {
      cwd: this.#wrapping.root ?? root,
      env: { ...Object.fromEntries(inherited), ...this.#environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', text => {
      this.#output = (this.#output + text).slice(-20_000)
    })
    child.once('exit', () => {
      if (this.#stopped) return
      this.restarts++
      setTimeout(() => !this.#stopped && this.start(), 100)
    })
  }

  output = (): string => this.#output

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** SIGTERM, and its end; the exit code. */
  async end(): Promise<number | null> {
    this.#stopped = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
    await exited
    clearTimeout(late)
    return child.exitCode
  }
}
