import { createReadStream } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { createGunzip } from 'node:zlib'
import { AppError, messageOf } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'

/** Where a command reads and writes, so that tests can run one without a process. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream
  /** Bytes where the input may hold bytes that are no UTF-8 and must come out as they went in. */
  stdout(text: string | Uint8Array): void
  stderr(text: string): void
  /** Fires on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
}

/** One command of the `tocsin` program. */
export interface Command {
  /** The whole text of `--help`: usage line, options, exit codes. */
  readonly usage: string
  /** Returns the exit code: 0 done, 1 found or failed. Throws `bad-usage` or `unreadable-input` for 2. */
  run(args: readonly string[], io: Io): Promise<number>
}

/** Where `tocsin knowledge import` wrote to: an option of every command that reads ids of ATT&CK, read by `dataDirectory`. */
export const knowledgeOption = { data: { type: 'string' } } as const

/** Parses arguments with `node:util`; a mistake becomes `bad-usage` (exit 2). */
export function readArgs<T extends ParseArgsConfig>(
  args: readonly string[],
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    // The added member only fills in what `parseArgs` would read from process.argv; the result's type is the same.
    return parseArgs({ ...config, args: [...args] }) as ReturnType<typeof parseArgs<T>>
  } catch (error) {
    // Node adds how a value could begin with a dash, which no value here does.
    throw new AppError('bad-usage', messageOf(error).replace(/\. To specify .*$/s, ''), { cause: error })
  }
}

/** The bytes of a file, of standard input (`-`), or of a `.gz` file unpacked. Throws `unreadable-input`. */
export async function readInput(path: string, io: Io, limitBytes = 512 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    const source = path === '-' ? io.stdin : openFile(path)
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk)
      size += bytes.length
      if (size > limitBytes) throw new Error(`it is larger than ${limitBytes} bytes`)
      chunks.push(bytes)
    }
  } catch (error) {
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  }
  return Buffer.concat(chunks)
}

function openFile(path: string): NodeJS.ReadableStream {
  const file = createReadStream(path)
  if (!path.endsWith('.gz')) return file
  const unpacked = createGunzip()
  file.on('error', error => unpacked.destroy(error))
  return file.pipe(unpacked)
}

/** Writes one NDJSON record. Lone surrogates are written as escapes, as JSON.stringify does. */
export function writeRecord(io: Io, record: unknown): void {
  io.stdout(`${JSON.stringify(record)}\n`)
}
