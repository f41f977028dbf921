import { rmSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { withFileLock } from '../../src/lib/file-lock.ts'

// Takes the lock of each round that its parent names, as one of several processes. `die`: is killed while it holds it.

interface Round {
  readonly lock: string
  readonly marker: string
  readonly die: boolean
}

process.on('message', async ({ lock, marker, die }: Round) => {
  let alone = true
  try {
    await withFileLock(
      lock,
      async () => {
        if (die) process.kill(process.pid, 'SIGKILL')
        // Who finds the marker is not alone in here.
        try {
          writeFileSync(marker, String(process.pid), { flag: 'wx' })
        } catch {
          alone = false
        }
        for (let turns = 0; turns < 20; turns++) await turn()
        rmSync(marker, { force: true })
      },
      { waitMs: 60_000 },
    )
    process.send?.({ alone })
  } catch (error) {
    process.send?.({ alone: false, error: String(error) })
  }
})
process.send?.({ ready: true })
