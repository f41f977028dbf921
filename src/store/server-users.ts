import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AppError, messageOf } from '../lib/app-error.ts'
import { isErrno } from '../lib/file-lock.ts'

/*
 * Who uses the embedded server. It has no owner: `tocsin audit` may have started it and `tocsin up` have joined a
 * moment later, and whoever ends first must not take it away from the other. So every user holds the writing end of
 * one named pipe, whose reading end is the standard input of the shell that keeps the server: the kernel tells that
 * shell when the last of them is gone, even after kill -9. Beside it each has a file with its process id, by which
 * the others know whether they are the last. Both change only under the lock of the folder.
 */

/** One use of the server by this process. */
export interface ServerUse {
  /** Ends the use. Says whether others go on: then the server does, too. Under the lock. */
  leave(): Promise<{ readonly othersStay: boolean }>
}

/** The reading end for the server's keeper, and the use that goes with it. */
export interface FirstUse {
  readonly use: ServerUse
  readonly keeperInput: FileHandle
}

let uses = 0

/** Joins those who use the server already; `undefined` where nobody alive does. Under the lock. */
export async function joinUsers(base: string): Promise<ServerUse | undefined> {
  if ((await liveUsers(base)).length === 0) return undefined
  try {
    return await register(base, await open(pipeOf(base), constants.O_WRONLY | constants.O_NONBLOCK))
  } catch (error) {
    // No pipe, or nobody reads it: the process with that id is another program, which has it by chance.
    if (isErrno(error, 'ENXIO') || isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Makes the pipe anew for a server that is about to be started. Under the lock, and only where nobody uses one. */
export async function beginUse(base: string): Promise<FirstUse> {
  await rm(folderOf(base), { recursive: true, force: true })
  await rm(pipeOf(base), { force: true })
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', pipeOf(base)])
  } catch (error) {
    throw new AppError(
      'database-not-started',
      `no named pipe could be made in ${base} (${messageOf(error)}): put the data folder on a local file system, or set DATABASE_URL`,
      { cause: error },
    )
  }
  // Opened for both first: either end alone would wait for the other.
  const both = await open(pipeOf(base), constants.O_RDWR)
  const keeperInput = await open(pipeOf(base), constants.O_RDONLY)
  const held = await open(pipeOf(base), constants.O_WRONLY)
  await both.close()
  return { keeperInput, use: await register(base, held) }
}

async function register(base: string, pipe: FileHandle): Promise<ServerUse> {
  await mkdir(folderOf(base), { recursive: true, mode: 0o700 })
  const file = join(folderOf(base), `${process.pid}-${++uses}`)
  await writeFile(file, String(process.pid), { mode: 0o600 })
  return {
    async leave() {
      await rm(file, { force: true })
      const others = await liveUsers(base)
      await pipe.close()
      return { othersStay: others.length > 0 }
    },
  }
}

const pipeOf = (base: string) => join(base, 'users.pipe')
const folderOf = (base: string) => join(base, 'users')

async function liveUsers(base: string): Promise<number[]> {
  const names = await readdir(folderOf(base)).catch(() => [])
  const live: number[] = []
  for (const name of names) {
    const pid = Number(name.split('-')[0])
    if (pid > 0 && (await isRunning(pid))) live.push(pid)
    else await rm(join(folderOf(base), name), { force: true })
  }
  return live
}

/** Whether a process is there, and more than a zombie: a container without an init keeps such for ever. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!isErrno(error, 'EPERM')) return false
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/^\d+ \(.*\) Z/s.test(status)
}
