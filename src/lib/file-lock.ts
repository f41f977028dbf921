import { open, readFile, rm, stat } from 'node:fs/promises'
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
  for (let waited = 0; ; waited += 10) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(String(process.pid))
      await file.close()
      break
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
      if (await ownerIsGone(path)) await rm(path, { force: true })
      else if (waited >= options.waitMs) {
        throw new AppError('locked', `${path} is held by another process; try again when it has ended`, {
          retryable: true,
          cause: error,
        })
      } else await sleep(10, options.signal)
    }
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

async function ownerIsGone(path: string): Promise<boolean> {
  try {
    const text = await readFile(path, 'utf8')
    // Made but not yet written to: its owner is just starting, or died between the two steps.
    if (text === '') return Date.now() - (await stat(path)).mtimeMs > 5_000
    process.kill(Number(text), 0)
    return false
  } catch (error) {
    return isErrno(error, 'ESRCH')
  }
}

/** Whether a system call failed with this code (`ENOENT`, `EEXIST`…). */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
