import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'

/**
 * The file itself (`-`, standard input, too), or the wanted regular files below a folder, in the order of their names.
 * Links inside a folder are not followed. Throws `unreadable-input`.
 */
export function filesBelow(path: string, wanted: (name: string) => boolean = () => true): string[] {
  if (path === '-') return [path]
  try {
    return statSync(path).isDirectory() ? walk(path, wanted) : [path]
  } catch (error) {
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  }
}

/** As `filesBelow`; a path that is not there stays itself, to be reported in its own record. */
export function filesBelowOrName(path: string, wanted?: (name: string) => boolean): string[] {
  try {
    return filesBelow(path, wanted)
  } catch {
    return [path]
  }
}

/** The files of all these paths, as `filesBelowOrName` has them; of a folder without any it is told. */
export function filesNamed(
  paths: readonly string[],
  tell: (line: string) => void,
  wanted?: (name: string) => boolean,
): string[] {
  return paths.flatMap(path => {
    const found = filesBelowOrName(path, wanted)
    if (found.length === 0) tell(`${path} has no file to read\n`)
    return found
  })
}

function walk(folder: string, wanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const child = join(folder, entry.name)
      if (entry.isDirectory()) return walk(child, wanted)
      return entry.isFile() && wanted(entry.name) ? [child] : []
    })
}
