import { AppError } from '../lib/app-error.ts'
import type { Parsed } from '../lib/problem.ts'
import { problem } from '../lib/problem.ts'

/** Longer lists are cut by whoever makes them: compiling one takes memory and time at each change. */
const maxListEntries = 100_000
const longestEntry = 253

/**
 * Reads a list of names: one a line, or the first column of a CSV, or a JSON array of texts. Empty lines and lines
 * that begin with `#` are left out, repetitions too. Throws `unreadable-input` for what is no list.
 */
export function parseNameList(text: string): Parsed<string[]> {
  const plain = text.replace(/^\ufeff/, '')
  if (plain.includes('\0')) throw new AppError('unreadable-input', 'the list is not text')
  const entries = plain.trimStart().startsWith('[') ? jsonEntries(plain) : lineEntries(plain)
  const fitting = [...new Set(entries)].filter(entry => entry.length <= longestEntry)
  if (fitting.length > maxListEntries) {
    throw new AppError(
      'unreadable-input',
      `the list has ${fitting.length} entries; at most ${maxListEntries}`,
    )
  }
  const tooLong = new Set(entries).size - fitting.length
  return {
    value: fitting,
    problems:
      tooLong === 0
        ? []
        : [
            problem(
              'inventory-entry-too-long',
              `${tooLong} entries of more than ${longestEntry} characters were left out`,
            ),
          ],
  }
}

function jsonEntries(text: string): string[] {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    throw new AppError('unreadable-input', 'the list begins as JSON and is none', { cause: error })
  }
  if (!Array.isArray(list) || !list.every(entry => typeof entry === 'string'))
    throw new AppError('unreadable-input', 'the list is not a JSON array of texts')
  return list.map(entry => entry.trim()).filter(entry => entry !== '')
}

function lineEntries(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter(line => !line.trimStart().startsWith('#'))
    .map(line =>
      (/^\s*"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? line.split(/[,;\t]/)[0] ?? '').trim(),
    )
    .filter(entry => entry !== '')
}
