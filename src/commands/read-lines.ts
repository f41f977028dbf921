import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { AppError } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import type { Io } from './command.ts'

/** A longer line is cut: nothing that Wazuh takes is as long. */
const longestLine = 4 * 1024 * 1024

/**
 * The lines of a file, of standard input (`-`) or of a `.gz` file, one byte per character, without their ends. Reads
 * as it goes, so that the file may be larger than memory. Throws `unreadable-input`.
 */
export async function* readLines(path: string, io: Io): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of openSource(path, io)) {
      const pieces = (rest + Buffer.from(chunk).toString('latin1')).split('\n')
      rest = (pieces.pop() ?? '').slice(0, longestLine)
      for (const piece of pieces) yield piece.endsWith('\r') ? piece.slice(0, -1) : piece
    }
  } catch (error) {
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}

function openSource(path: string, io: Io): NodeJS.ReadableStream {
  if (path === '-') return io.stdin
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 })
  if (!path.endsWith('.gz')) return file
  const unpacked = createGunzip()
  file.on('error', error => unpacked.destroy(error))
  return file.pipe(unpacked)
}
