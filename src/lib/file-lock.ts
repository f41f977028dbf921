import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { sleep } from './abort.ts'
import { AppError } from './app-error.ts'

/**
 * Runs `action` while no other process does so under the same lock file. A lock whose owner is gone is taken over.
 * Throws `locked` when it is still held after `waitMs`.
 */
export async function withFileLock<Result>(
  path: string,
  action: () => Promise<Result>,
  options: { readonly waitMs: number; readonly signal?: AbortSignal },
): Promise<Result> {
  for (let waited = 0; ; ) {
    const outcome = await tryLock(path, path)
    if (outcome === 'ours') break
    if (outcome === 'changed') continue
    if (waited >= options.waitMs) {
      throw new AppError('locked', `${path} is held by another process; try again when it has ended`, {
        retryable: true,
      })
    }
    await sleep(10, options.signal)
    waited += 10
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

/**
 * Takes the lock if it is free. One whose owner is gone is removed, which `changed` says: try again. Two that see the
 * same dead owner must not both remove "its" file: the later one would remove the new lock of the earlier. So only the
 * holder of a second lock, named for what the dead owner wrote, may remove it, and only while it still reads the same.
 * What an owner writes is unique, and the second lock of a dead holder is taken over in just the same way.
 */
async function tryLock(path: string, base: string): Promise<'ours' | 'held' | 'changed'> {
  const owner = await ownerIn(path)
  if (owner === undefined) return (await linkNew(path)) ? 'ours' : 'changed'
  if (!(await isGone(owner, path))) return 'held'
  const second = `${base}.gone-${createHash('sha256').update(owner).digest('hex').slice(0, 24)}`
  const outcome = await tryLock(second, base)
  if (outcome !== 'ours') return outcome
  try {
    if ((await ownerIn(path)) === owner) await rm(path, { force: true })
  } finally {
    await rm(second, { force: true })
  }
  return 'changed'
}

/** Makes the file with its owner in it, in one step: nobody ever reads a lock without an owner. */
async function linkNew(path: string): Promise<boolean> {
  const name = randomUUID()
  const draft = `${path}.${name}`
  await writeFile(draft, `${process.pid} ${name}`, { flag: 'wx', mode: 0o600 })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function ownerIn(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

async function isGone(owner: string, path: string): Promise<boolean> {
  try {
    // Of a version that made the file before it wrote to it: just starting, or it died between the two steps.
    if (owner === '') return Date.now() - (await stat(path)).mtimeMs > 5_000
    process.kill(Number.parseInt(owner, 10), 0)
    return false
  } catch (error) {
    return isErrno(error, 'ESRCH')
  }
}

/** Whether a system call failed with this code (`ENOENT`, `EEXIST`…). */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
