import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'

// How a checkout gets its packages at a start: once for each lock file, whoever starts how often and however it ends. A small
// checkout of its own with the real launcher and the real npm; its one package lies beside it, so no registry is asked.

const bin = resolve(import.meta.dirname, '..', 'bin')
let checkout = ''

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'tocsin-launcher-'))
  for (const folder of ['bin/runtime', 'src', 'inner']) mkdirSync(join(checkout, folder), { recursive: true })
  for (const name of ['tocsin.js', 'prepare.js']) copyFileSync(join(bin, name), join(checkout, 'bin', name))
  writeFileSync(join(checkout, 'src/run-cli.ts'), `console.log('ran ' + process.argv.slice(2).join())\n`)
  depend('1.0.0')
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

/** Writes package.json and its lock. */
function depend(version: string, on = 'file:inner'): void {
  writeFileSync(join(checkout, 'inner/package.json'), JSON.stringify({ name: 'inner', version: '1.0.0' }))
  const own = { name: 'checkout', version, type: 'module', dependencies: { inner: on } }
  writeFileSync(join(checkout, 'package.json'), JSON.stringify(own))
  const resolved = on.startsWith('file:')
    ? { resolved: 'inner', link: true }
    : { version: '1.0.0', resolved: on }
  const packages = { '': own, inner: { name: 'inner', version: '1.0.0' }, 'node_modules/inner': resolved }
  const lock = { name: 'checkout', version, lockfileVersion: 3, requires: true, packages }
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify(lock))
}

const surroundings = () => {
  const given = Object.entries(process.env).filter(([name]) => !/^(TOCSIN_|npm_)/i.test(name))
  const quiet = {
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '0',
  }
  return { ...Object.fromEntries(given), ...quiet }
}
const launch = ['bin/tocsin.js', 'version', 'x']

function run() {
  const { status, stdout, stderr } = spawnSync(process.execPath, launch, {
    cwd: checkout,
    env: surroundings(),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const installs = (stderr: string) => stderr.match(/installing packages/g)?.length ?? 0
const ran = { status: 0, stdout: 'ran version,x\n' }
const stamp = () => statSync(join(checkout, 'node_modules/.tocsin-installed')).mtimeMs
const locked = () => existsSync(join(checkout, 'bin/runtime/.packages.lock'))

it('installs at the first start, and at the second does and says nothing', () => {
  const first = run()
  expect(first).toMatchObject(ran)
  expect(installs(first.stderr)).toBe(1)
  expect(existsSync(join(checkout, 'node_modules/inner/package.json'))).toBe(true)
  const installedMs = stamp()
  expect(run()).toEqual({ ...ran, stderr: '' })
  expect(stamp()).toBe(installedMs)
  expect(locked()).toBe(false)
})

it('installs again when the lock file is another', () => {
  run()
  depend('2.0.0')
  expect(installs(run().stderr)).toBe(1)
  expect(run().stderr).toBe('')
})

it('installs once where several start at once', async () => {
  const started = await Promise.all(
    [1, 2, 3].map(async () => {
      const child = spawn(process.execPath, launch, { cwd: checkout, env: surroundings() })
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      return { stdout, installs: installs(stderr) }
    }),
  )
  expect(started.map(({ stdout }) => stdout)).toEqual([ran.stdout, ran.stdout, ran.stdout])
  expect(started.reduce((sum, each) => sum + each.installs, 0)).toBe(1)
})

it('takes over from a start that was killed while it installed', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  mkdirSync(join(checkout, 'bin/runtime/.packages.lock'))
  writeFileSync(join(checkout, 'bin/runtime/.packages.lock/pid'), String(gone))
  expect(run()).toMatchObject(ran)
  expect(locked()).toBe(false)
})

it('says where packages cannot be had, runs nothing, and goes on once they can', () => {
  depend('1.0.0', 'http://127.0.0.1:9/inner-1.0.0.tgz')
  const failed = run()
  expect([failed.status, failed.stdout]).toEqual([1, ''])
  expect(failed.stderr).toMatch(/'npm ci' failed in .*Is the npm registry reachable\? Then try again/)
  depend('1.0.0')
  expect(run()).toMatchObject(ran)
  expect(run()).toEqual({ ...ran, stderr: '' })
})

// Root may write everywhere: then another account tries, where it reaches this Node.
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const reachesNode = spawnSync(process.execPath, ['-e', ''], { cwd: tmpdir(), ...account }).status === 0

it.skipIf(!reachesNode)('says in words that this user may not write into the checkout', () => {
  for (const folder of [checkout, join(checkout, 'bin')]) chmodSync(folder, 0o755)
  chmodSync(join(checkout, 'bin/runtime'), 0o555)
  const { status, stdout, stderr } = spawnSync(process.execPath, launch, {
    cwd: checkout,
    env: surroundings(),
    encoding: 'utf8',
    ...account,
  })
  expect([status, stdout], stderr).toEqual([1, ''])
  expect(stderr).toBe(
    `tocsin: packages are to be installed, and this user may not write into ${checkout}: start it once as the owner of that folder, or clone it as the user that runs it\n`,
  )
})
