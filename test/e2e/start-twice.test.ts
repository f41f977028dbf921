import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiPerson, apiPerson, until } from '../support/api-person.ts'

// `npm start` as a newcomer types it: with the sample, stopped, and again. How packages are installed once is in
// test/launcher-install.test.ts; here they are there.

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-twice-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Processes, of any account, that were started with this folder among their arguments or settings. */
function processesOf(path: string): string[] {
  return readdirSync('/proc').flatMap(pid => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return []
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const settings = readFileSync(`/proc/${pid}/environ`, 'utf8')
      return command.includes(path) || settings.includes(path) ? [command] : []
    } catch {
      return [] // It ended while we looked, or is another account's.
    }
  })
}

interface Started {
  readonly npm: ChildProcess
  said(): string
}

function npmStart(): Started {
  const given = Object.entries(process.env).filter(
    ([name]) => !/^(TOCSIN_|DATABASE_URL|VITEST|npm_)/i.test(name),
  )
  const npm = spawn('npm', ['start', '--', '--sample'], {
    cwd: resolve(import.meta.dirname, '..', '..'),
    env: {
      ...Object.fromEntries(given),
      TOCSIN_SKIP_INSTALL: '1',
      TOCSIN_DATA: join(folder, 'data'),
      TOCSIN_PORT: '0',
      TOCSIN_ALERTS_FILE: join(folder, 'no-manager-here.json'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A group of its own, as a terminal gives it.
  })
  let text = ''
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
  return { npm, said: () => text }
}

/** Starts it, looks at it once it has taken the sample in, and stops it; ends when none of its processes is left. */
async function whileStarted<T>(
  stop: (npm: ChildProcess) => void,
  look: (base: string, said: string) => Promise<T>,
): Promise<T> {
  const { npm, said } = npmStart()
  const isGone = () => npm.exitCode !== null || npm.signalCode !== null
  try {
    const text = await until('the sample to be taken in', async () => {
      if (isGone()) throw new Error(`npm start ended:\n${said()}`)
      return /^tocsin: sample: /m.test(said()) ? said() : undefined
    })
    return await look(/ready on (http:\S+)/.exec(text)?.[1] ?? '', text)
  } finally {
    if (!isGone()) {
      const ended = once(npm, 'exit')
      stop(npm)
      await ended
    }
    await until('every process of it to end', async () =>
      processesOf(folder).length === 0 ? true : undefined,
    )
    // Not cut off: Ctrl-C comes from the terminal, from npm and from the launcher.
    expect(said()).toContain('tocsin: stopping')
  }
}

/** Ids of all cases, and how many alerts each has. */
async function casesOf(call: ApiPerson): Promise<string[]> {
  const found: string[] = []
  for (let cursor = ''; ; ) {
    const { status, body } = await call<{
      cases: { id: string; alertCount: number }[]
      nextCursor: string | null
    }>('GET', `/api/cases?sort=oldest&limit=50${cursor}`)
    expect(status).toBe(200)
    found.push(...body.cases.map(({ id, alertCount }) => `${id} ${alertCount}`))
    if (body.nextCursor === null) return found.sort()
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
  }
}

const pageOf = async (base: string) => {
  const response = await fetch(base, { headers: { accept: 'text/html' } })
  return [response.status, (await response.text()).includes('<div id="root">')]
}

it.skipIf(!existsSync('/proc/self/environ'))(
  'serves the same data at the second start, builds nothing anew, and leaves no process behind at either',
  async () => {
    const first = await whileStarted(
      npm => npm.kill('SIGTERM'), // As a service manager does: to npm alone.
      async (base, said) => {
        expect(said).toContain('no Wazuh is connected yet. Three ways, each enough:')
        expect(said).toMatch(/sample: [1-9]\d\d alerts taken in/)
        expect(await pageOf(base)).toEqual([200, true])
        const admin = await apiPerson(base, 'admin', /one-time password (\S+)/.exec(said)?.[1] ?? '')
        return casesOf(admin)
      },
    )
    expect(first.length).toBeGreaterThan(10)
    const second = await whileStarted(
      npm => process.kill(-(npm.pid ?? 0), 'SIGINT'), // As Ctrl-C does: to all that the terminal started.
      async (base, said) => {
        expect(said).toContain('sample: all of its alerts were here already')
        expect(said).toContain(`the database are in ${join(folder, 'data')}`)
        expect(said).not.toMatch(/one-time password|building the console|installing/)
        expect(await pageOf(base)).toEqual([200, true])
        return casesOf(await apiPerson(base, 'admin'))
      },
    )
    expect(second).toEqual(first)
  },
)
