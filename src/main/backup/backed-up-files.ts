import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { filesBelow } from '../../commands/files-below.ts'
import { AppError } from '../../lib/app-error.ts'
import { isErrno } from '../../lib/file-lock.ts'

/** What a Tocsin keeps in files; models that were pulled and the database's own folder aside. */
const backedUpFiles: readonly string[] = [
  'models.yaml',
  'policy.yaml',
  'response.yaml',
  'sign-in.yaml',
  'feeds.yaml',
  'organisation.json',
  'ledger/ledger.ndjson',
  'ledger/data-keys.json',
]
/** Folders that people put files into: what is read there, and nothing else. */
const backedUpFolders: ReadonlyMap<string, RegExp> = new Map([
  ['documents', /\.(md|txt|rst)$/i],
  ['knowledge', /\.json$/],
  ['yara', /\.yara?$/],
])

/** Whether a backup may hold a file of this path below the data folder. */
export function isBackedUp(path: string): boolean {
  const [folder = '', ...rest] = path.split('/')
  if (rest.some(part => ['', '.', '..'].includes(part)) || path.includes('\0')) return false
  return (
    backedUpFiles.includes(path) || (rest.length > 0 && (backedUpFolders.get(folder)?.test(path) ?? false))
  )
}

/** The paths of all files below a data folder that a backup holds. */
export function filesToBackUp(dataDir: string): string[] {
  const below = [...backedUpFolders].flatMap(([folder, wanted]) => {
    const path = join(dataDir, folder)
    return existsSync(path) ? filesBelow(path, name => wanted.test(name)) : []
  })
  return [...backedUpFiles, ...below.map(path => relative(dataDir, path))]
}

/** Settings that are there already stay: who restores may have written new ones. Returns the path that was written. */
export async function restoreFile(
  { dataDir, say }: { readonly dataDir: string; readonly say: (line: string) => void },
  name: string,
  content: Buffer,
): Promise<string | undefined> {
  if (!isBackedUp(name))
    throw new AppError(
      'backup-damaged',
      `the backup holds a file that is none of Tocsin's: ${JSON.stringify(name)}`,
    )
  const path = join(dataDir, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600, flush: true })
    return path
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) {
      await rm(path, { force: true })
      throw error
    }
    say(`${path} is there already and was kept`)
    return undefined
  }
}
