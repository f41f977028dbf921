import { Readable } from 'node:stream'
import { runCli } from '../../src/cli.ts'

/** As JSON.parse gives it: a test looks at what it expects. */
export type Parsed = ReturnType<typeof JSON.parse>

/** What a command answered; `records` are the lines of standard output where it was asked for --json. */
export interface CommandRun<Row> {
  readonly code: number
  readonly records: readonly Row[]
  readonly stdout: string
  /** Standard output where it need not be UTF-8. */
  readonly bytes: Buffer
  readonly stderr: string
}

/** Runs the program in this process. */
export async function runCommand<Row = Parsed>(
  args: readonly string[],
  stdin: string | Buffer = '',
): Promise<CommandRun<Row>> {
  const written: Buffer[] = []
  let stderr = ''
  const code = await runCli(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: text => void written.push(Buffer.from(text)),
    stderr: text => {
      stderr += text
    },
    signal: new AbortController().signal,
  })
  const bytes = Buffer.concat(written)
  const stdout = bytes.toString()
  const rows = args.includes('--json') ? stdout.split('\n').filter(Boolean) : []
  return { code, records: rows.map(row => JSON.parse(row)), stdout, bytes, stderr }
}
