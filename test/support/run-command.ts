import { Readable } from 'node:stream'
import { runCli } from '../../src/cli.ts'

/** What a command answered; `records` are the lines of standard output where it was asked for --json. */
export interface CommandRun<Row> {
  readonly code: number
  readonly records: readonly Row[]
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program in this process. */
export async function runCommand<Row = Record<string, unknown>>(
  args: readonly string[],
  stdin = '',
): Promise<CommandRun<Row>> {
  let stdout = ''
  let stderr = ''
  const code = await runCli(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: text => {
      stdout += text
    },
    stderr: text => {
      stderr += text
    },
    signal: new AbortController().signal,
  })
  const rows = args.includes('--json') ? stdout.split('\n').filter(Boolean) : []
  return { code, records: rows.map(row => JSON.parse(row)), stdout, stderr }
}
