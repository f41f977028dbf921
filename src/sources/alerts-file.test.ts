import { appendFile, link, mkdir, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sleep } from '../lib/abort.ts'
import { alertsFile } from './alerts-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-alerts-'))
  path = join(folder, 'alerts.json')
})
afterEach(() => rm(folder, { recursive: true }))

/** A follower whose deliveries can be looked at, stopped and started again from its checkpoint. */
function follow(checkpoint?: unknown, onDeliver: (lines: readonly string[]) => void = () => {}) {
  const stop = new AbortController()
  const lines: string[] = []
  let position = checkpoint
  const source = alertsFile({ path, pollMs: 5, batchLines: 3 })
  const running = source.run(
    checkpoint,
    async (records, at, before) => {
      await before
      const texts = records.map(record => Buffer.from(record.bytes).toString())
      onDeliver(texts)
      lines.push(...texts)
      position = at
    },
    () => {},
    stop.signal,
  )
  return {
    lines,
    async until(count: number) {
      await expect.poll(() => lines.length).toBeGreaterThanOrEqual(count)
      await sleep(30) // Whether more would come.
      return [...lines]
    },
    async stop() {
      stop.abort()
      await running
      return position
    },
  }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `{"n":${from + index}}`)
const text = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('')

describe('following alerts.json', () => {
  it('reads what is there and what is added, waiting for the end of a line', async () => {
    await writeFile(path, text(numbered(1, 7)))
    const follower = follow()
    expect(await follower.until(7)).toEqual(numbered(1, 7))
    await appendFile(path, '{"n":8')
    expect(await follower.until(7)).toHaveLength(7)
    await appendFile(path, '}\n\n  \n{"n":9}\n')
    expect(await follower.until(9)).toEqual(numbered(1, 9))
    await follower.stop()
  })

  it('waits for a file that is not there yet', async () => {
    const follower = follow()
    await sleep(20)
    await writeFile(path, text(numbered(1, 2)))
    expect(await follower.until(2)).toEqual(numbered(1, 2))
    await follower.stop()
  })

  it('goes on from its checkpoint', async () => {
    await writeFile(path, text(numbered(1, 4)))
    const first = follow()
    await first.until(4)
    const position = await first.stop()
    await appendFile(path, text(numbered(5, 6)))
    const second = follow(position)
    expect(await second.until(2)).toEqual(numbered(5, 6))
    await second.stop()
  })

  it('reads the rest of a file that was renamed, then the new one', async () => {
    await writeFile(path, text(numbered(1, 3)))
    const follower = follow()
    await follower.until(3)
    const position = await follower.stop()
    await appendFile(path, text(numbered(4, 5)))
    await mkdir(join(folder, '2026', 'Nov'), { recursive: true })
    await rename(path, join(folder, '2026', 'Nov', 'ossec-alerts-24.json'))
    await writeFile(path, text(numbered(6, 8)))
    const again = follow(position)
    expect(await again.until(5)).toEqual(numbered(4, 8))
    await again.stop()
  })

  it('reads the rest of a file that was rotated and compressed while it was away', async () => {
    const old = text(numbered(1, 200))
    await writeFile(path, old)
    const follower = follow()
    await follower.until(200)
    const position = await follower.stop()
    await writeFile(join(folder, 'ossec-alerts-24.json.gz'), gzipSync(old + text(numbered(201, 205))))
    await rm(path)
    await writeFile(path, text(numbered(206, 207)))
    const again = follow(position)
    expect(await again.until(7)).toEqual(numbered(201, 207))
    await again.stop()
  })

  it('reads the days that came and went while it was away, each from where it was', async () => {
    const days = join(folder, '2026', 'Nov')
    await mkdir(days, { recursive: true })
    const rotated = async (day: number, name: string, content: string | Buffer) => {
      await writeFile(join(days, name), content)
      await utimes(join(days, name), day * 86_400, day * 86_400)
    }
    await rotated(23, 'ossec-alerts-23.json.gz', gzipSync(text([...numbered(1, 3)])))
    await writeFile(path, text(numbered(11, 15)))
    const follower = follow()
    await follower.until(5)
    const position = await follower.stop()
    await rotated(24, 'ossec-alerts-24.json.gz', gzipSync(text(numbered(11, 19))))
    await rotated(25, 'ossec-alerts-25.json.gz', gzipSync(text(numbered(20, 200))))
    await rotated(26, 'ossec-alerts-26.json', text(numbered(201, 209)))
    await rotated(26, 'settings.json', text(['{"not":"an alert"}']))
    await rm(path)
    await writeFile(path, text(numbered(210, 212)))
    await link(path, join(days, 'ossec-alerts-27.json'))
    // Stopped in the middle of a day that it had missed, it goes on from there.
    const once = follow(position, lines => {
      if (lines.includes('{"n":100}')) throw new Error('the database is away')
    })
    await expect.poll(() => once.lines.at(-1)).toMatch(/"n":9\d/)
    const half = await once.stop()
    const again = follow(half)
    const rest = await again.until(212 - 15 - once.lines.length)
    expect([...once.lines, ...rest]).toEqual(numbered(16, 212))
    await again.stop()
  })

  it('begins again at a file that was truncated', async () => {
    await writeFile(path, text(numbered(1, 5)))
    const follower = follow()
    await follower.until(5)
    await truncate(path, 0)
    await sleep(30)
    await appendFile(path, text(numbered(6, 7)))
    expect(await follower.until(7)).toEqual(numbered(1, 7))
    await follower.stop()
  })

  it('delivers again what could not be stored, and only that', async () => {
    await writeFile(path, text(numbered(1, 6)))
    let failures = 2
    const follower = follow(undefined, lines => {
      if (lines.includes('{"n":4}') && failures-- > 0) throw new Error('the database is away')
    })
    expect(await follower.until(6)).toEqual(numbered(1, 6))
    await follower.stop()
  })

  it('reads on while a batch is being stored, and stores nothing past one that fails', async () => {
    await writeFile(path, text(numbered(1, 12)))
    const stop = new AbortController()
    const stored: string[] = []
    let [open, most, failures] = [0, 0, 2]
    const source = alertsFile({ path, pollMs: 5, batchLines: 3 })
    await source.run(
      undefined,
      async (records, _at, before) => {
        open++
        most = Math.max(most, open)
        try {
          await before
          await sleep(20)
          if (records.length > 0 && stored.length === 3 && failures-- > 0)
            throw new Error('the database is away')
          stored.push(...records.map(record => Buffer.from(record.bytes).toString()))
          if (stored.length >= 12) stop.abort()
        } finally {
          open--
        }
      },
      () => {},
      stop.signal,
    )
    expect(stored).toEqual(numbered(1, 12))
    expect(most).toBe(2)
    expect(open).toBe(0)
  })

  it('holds no more at once of long lines than of short ones', async () => {
    const line = JSON.stringify({ text: 'x'.repeat(1024 * 1024) })
    await writeFile(path, text(Array.from({ length: 40 }, () => line)))
    const stop = new AbortController()
    const batches: number[] = []
    await alertsFile({ path, pollMs: 5 }).run(
      undefined,
      async (records, _at, before) => {
        await before
        batches.push(records.reduce((sum, record) => sum + record.bytes.length, 0))
        if (batches.reduce((sum, bytes) => sum + bytes) === 40 * line.length) stop.abort()
      },
      () => {},
      stop.signal,
    )
    expect(Math.max(...batches)).toBeLessThan(18 * 1024 * 1024)
  })

  it('keeps bytes as they are, and does not choke on a line without end', async () => {
    const odd = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0x00, 0x1b]), Buffer.from('"}')])
    await writeFile(path, Buffer.concat([odd, Buffer.from('\n'), Buffer.alloc(9 * 1024 * 1024, 'x')]))
    await appendFile(path, `\n${numbered(1, 1)[0]}\n`)
    const follower = follow()
    const lines = await follower.until(4)
    expect(lines.at(-1)).toBe('{"n":1}')
    expect(lines[0]).toBe(odd.toString())
    await follower.stop()
  })
})
