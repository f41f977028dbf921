import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const quiet = { TOCSIN_ALERTS_FILE: 'off', TOCSIN_LOG_LEVEL: 'warn', TOCSIN_BUILD_CONSOLE: 'off' }
const root = join(import.meta.dirname, '..', '..')

/** A `tocsin` program in a process of its own, as users run it. */
export interface TocsinProcess {
  readonly child: ChildProcess
  /** What it has printed on standard error so far. */
  output(): string
  /** Resolves with the first match in its output; throws when it ends before that. */
  seen(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends the signal and waits for its end; returns the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/**
 * Starts `tocsin ARGS` with these settings and no others of Tocsin's. With `terminal` it has one, as a person's shell gives
 * it: its output is what is shown there, and what is written to its standard input are keys.
 */
export function startTocsin(
  args: readonly string[],
  settings: Record<string, string>,
  { terminal = false } = {},
): TocsinProcess {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TOCSIN_|DATABASE_URL|VITEST)/.test(name),
  )
  const command = [process.execPath, join(root, 'src', 'run-cli.ts'), ...args]
  const shown = command.map(part => `'${part}'`).join(' ')
  const [program = '', ...rest] = terminal ? ['script', '-qefc', shown, '/dev/null'] : command
  const child = spawn(program, rest, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...quiet, ...settings },
    stdio: terminal ? ['pipe', 'pipe', 'ignore'] : ['ignore', 'ignore', 'pipe'],
  })
  const told = child.stderr ?? child.stdout
  if (told === null) throw new Error('unreachable: one of both is a pipe')
  let output = ''
  told.setEncoding('utf8').on('data', text => {
    output += text
  })
  const exited = once(child, 'exit')
  let saidAll = false // What it printed last may come after its end.
  const closed = once(child, 'close').then(() => {
    saidAll = true
  })
  return {
    child,
    output: () => output,
    async seen(pattern) {
      for (;;) {
        const match = pattern.exec(output)
        if (match) return match
        if (saidAll) throw new Error(`tocsin ${args.join(' ')} ended before ${pattern}:\n${output}`)
        await Promise.race([once(told, 'data'), closed])
      }
    },
    async end(signal) {
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}
