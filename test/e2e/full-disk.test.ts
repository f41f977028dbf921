import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { consolePassword } from '../support/console-visit.ts'
import { freePort } from '../support/free-port.ts'
import { startTocsin, type TocsinProcess } from '../support/tocsin-process.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// The disk of the data folder runs full under a newcomer's `npm start`. A small disk of its own takes root, to mount it.

const folder = mkdtempSync(join(tmpdir(), 'tocsin-full-'))
const disk = join(folder, 'disk')
mkdirSync(disk)
const mount = (sizeMb: number) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'none', disk]).status === 0
/** At once, also where a server that was killed has not let go of it yet. */
const unmount = () => spawnSync('umount', ['-l', disk])
const mayMount = mount(1)
if (mayMount) unmount()
else
  console.warn(
    'SKIPPED: a small disk takes root, to mount a tmpfs; a full disk under `npm start` is not tried',
  )

const alert = {
  rule: ['5710', 5, 'sshd: Attempt to login using a non-existent user', ['sshd']],
  log: 'x'.repeat(1000),
} as const

let program: TocsinProcess | undefined
beforeEach(() => chmodSync(folder, 0o755))
afterEach(async () => {
  if (program?.child.exitCode === null) await program.end('SIGKILL')
  unmount()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = async (more: Record<string, string> = {}) => {
  const port = await freePort()
  program = startTocsin(['up'], {
    TOCSIN_DATA: join(disk, 'data'),
    TOCSIN_PORT: String(port),
    TOCSIN_PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...more,
  })
  return { program, port }
}

it.runIf(mayMount)(
  'says where the disk is too small to begin with, and starts once there is room',
  async () => {
    mount(24)
    const { program: first } = await start()
    await first.seen(/tocsin up: .*(disk .*is full|No space left on device).*/)
    await expect.poll(() => first.child.exitCode).toBe(1)
    expect(first.output()).not.toMatch(/one-time password/)
    spawnSync('mount', ['-o', 'remount,size=400m', disk])
    const { program: again } = await start()
    await again.seen(/one-time password \S+/)
    await again.seen(/ready on/)
    expect(await again.end('SIGTERM')).toBe(0)
  },
)

it.runIf(mayMount)(
  'says that the disk is full while alerts come in, loses none, and goes on once there is room',
  async () => {
    mount(200)
    const alerts = join(folder, 'alerts.json')
    let written = 0
    const write = (count: number) => {
      const lines = Array.from({ length: count }, () =>
        wazuhLine({ ...alert, id: `1790000000.${++written}` }),
      )
      appendFileSync(alerts, lines.map(line => `${line}\n`).join(''))
    }
    writeFileSync(alerts, '')
    const { program: running, port } = await start({ TOCSIN_ALERTS_FILE: alerts })
    const [, oneTime = ''] = await running.seen(/one-time password (\S+)/)
    await running.seen(/ready on/)
    const call = await signIn(port, oneTime)
    const stored = async (): Promise<number> => (await call('GET', '/api/settings')).counts?.alerts ?? -1
    write(200)
    await expect.poll(stored).toBe(200)
    fill(join(disk, 'filler'))
    // As many as it takes until it says so.
    while (!/the disk of the database is full/.test(running.output())) {
      write(200)
      await new Promise(resolve => setTimeout(resolve, 200))
      if (running.child.exitCode !== null) break
    }
    expect(running.output()).toMatch(/the disk of the database is full: what was taken in is kept/)
    expect(running.child.exitCode).toBeNull()
    rmSync(join(disk, 'filler'))
    write(100)
    await expect.poll(stored).toBe(written)
    expect(await running.end('SIGTERM')).toBe(0)
  },
)

/** Takes what room there is, to the last block. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    const block = Buffer.alloc(4096, 1)
    for (;;) writeSync(file, block)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
  if (statfsSync(disk).bavail > 0) throw new Error('the disk is not full')
}

async function signIn(port: number, oneTime: string) {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const [cookie] = answer.headers.getSetCookie()
    if (cookie !== undefined) headers.cookie = cookie.split(';')[0] ?? ''
    return JSON.parse(await answer.text())
  }
  const { session } = await call('POST', '/api/session', { username: 'admin', password: oneTime })
  headers['x-csrf-token'] = session.csrfToken
  await call('POST', '/api/session/password', { current: oneTime, next: consolePassword })
  return call
}
