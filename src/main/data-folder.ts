import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'

/**
 * Makes the data folder where it is not there yet, for this account's eyes only, and makes sure that it can be written to.
 * Throws `bad-usage` that says which folder of the path is the trouble.
 */
export async function prepareDataFolder(path: string): Promise<void> {
  const missing = await missingFolders(path)
  for (const folder of missing) {
    // One by one: a recursive mkdir of Node never ends where a file system makes no folders, such as /proc.
    const mode = folder === path ? 0o700 : 0o755
    await mkdir(folder, { mode }).catch(error => {
      if (!('code' in error && error.code === 'EEXIST')) throw unusable(path, folder, error)
    })
  }
  await checkDataFolder(path, constants.R_OK | constants.W_OK | constants.X_OK)
}

/** Throws `bad-usage` where `path` is no folder that this account may use so (flags of `access`). One that is missing is none's fault. */
export async function checkDataFolder(path: string, flags: number): Promise<void> {
  const found = await stat(path).catch(error => {
    if ('code' in error && error.code === 'ENOENT') return undefined
    throw unusable(path, path, error)
  })
  if (found === undefined) return
  if (!found.isDirectory())
    throw new AppError('bad-usage', `the data folder ${path} is a file: set TOCSIN_DATA to a folder`)
  await access(path, flags).catch(error => {
    throw unusable(path, path, error)
  })
}

/** What of the path is not there yet, the outermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = []
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      await stat(folder)
      return missing
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        throw unusable(path, folder, error)
      missing.unshift(folder)
    }
  }
}

function unusable(path: string, folder: string, cause: unknown): AppError {
  const where = folder === path ? '' : ` at ${folder}`
  return new AppError(
    'bad-usage',
    `cannot use the data folder ${path}${where}: ${fileTrouble(cause)}. TOCSIN_DATA names another that this user may write to`,
    { cause },
  )
}
