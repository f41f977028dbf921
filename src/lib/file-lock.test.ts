import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withFileLock } from './file-lock.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-lock-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = join(import.meta.dirname, '..', '..', 'test', 'support', 'lock-taker.ts')

async function startTaker(): Promise<ChildProcess> {
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(child, 'message')
  return child
}

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = fork(program, { execArgv: [], stdio: 'ignore' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('withFileLock', () => {
  it('lets one process in at a time, also where many take over a dead lock at once', async () => {
    const gone = await deadPid()
    const takers = await Promise.all(Array.from({ length: 6 }, startTaker))
    const rounds = 60
    try {
      for (let round = 0; round < rounds; round++) {
        const lock = join(folder, `lock-${round}`)
        // As this version writes it, and as the one before did.
        writeFileSync(lock, round % 2 === 0 ? `${gone} of-round-${round}` : String(gone))
        const answers = await Promise.all(
          takers.map(async taker => {
            const answer = once(taker, 'message')
            taker.send({ lock, marker: join(folder, 'marker'), die: false })
            return (await answer)[0]
          }),
        )
        expect(answers, `round ${round}`).toEqual(takers.map(() => ({ alone: true })))
      }
    } finally {
      for (const taker of takers) taker.kill('SIGKILL')
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over from one that is killed in the middle', async () => {
    const lock = join(folder, 'killed')
    const taker = await startTaker()
    const exit = once(taker, 'exit')
    taker.send({ lock, marker: join(folder, 'marker'), die: true })
    expect(await exit).toEqual([null, 'SIGKILL'])
    expect(await withFileLock(lock, async () => 'ours', { waitMs: 0 })).toBe('ours')
    expect(readdirSync(folder)).toEqual([])
  })

  it('goes on where the one that took a dead lock over died as well', async () => {
    const gone = await deadPid()
    const lock = join(folder, 'twice')
    writeFileSync(lock, `${gone} first`)
    // The lock by which the first taker held the right to remove it, left behind.
    const { createHash } = await import('node:crypto')
    const name = createHash('sha256').update(`${gone} first`).digest('hex').slice(0, 24)
    writeFileSync(`${lock}.gone-${name}`, `${gone} second`)
    expect(await withFileLock(lock, async () => 'ours', { waitMs: 0 })).toBe('ours')
    expect(readdirSync(folder)).toEqual([])
  })

  it('waits for a living owner, says which lock it is, and lets go after a failure', async () => {
    const lock = join(folder, 'held')
    await withFileLock(
      lock,
      async () => {
        const second = withFileLock(lock, async () => 'never', { waitMs: 30 })
        await expect(second).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(lock) })
      },
      { waitMs: 0 },
    )
    const failing = withFileLock(lock, () => Promise.reject(new Error('broken')), { waitMs: 0 })
    await expect(failing).rejects.toThrow('broken')
    expect(await withFileLock(lock, async () => 'free', { waitMs: 0 })).toBe('free')
  })
})
