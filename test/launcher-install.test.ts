import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
  for (const name of ['tocsin.js', 'prepare.js', 'install-lock.js'])
    copyFileSync(join(bin, name), join(checkout, 'bin', name))
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

/** Starts several at once; how each ended, and how many installed. */
async function startAtOnce(count: number) {
  const started = await Promise.all(
    Array.from({ length: count }, async () => {
      const child = spawn(process.execPath, launch, { cwd: checkout, env: surroundings() })
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      return { stdout, installs: installs(stderr) }
    }),
  )
  return {
    printed: [...new Set(started.map(({ stdout }) => stdout))],
    installs: started.reduce((sum, each) => sum + each.installs, 0),
  }
}
const ranOnce = { printed: [ran.stdout], installs: 1 }

it('installs once where several start at once', async () => {
  expect(await startAtOnce(3)).toEqual(ranOnce)
})

const gone = () => String(spawnSync(process.execPath, ['-e', '']).pid)

/** A lock as a launcher leaves it that is killed. */
function leaveLock(lock: string, owner: string): void {
  mkdirSync(lock)
  writeFileSync(join(lock, 'pid'), owner)
}

it('takes over from a start that was killed while it installed', () => {
  leaveLock(join(checkout, 'bin/runtime/.packages.lock'), gone())
  expect(run()).toMatchObject(ran)
  expect(locked()).toBe(false)
})

it('takes over once where several see at once that the one before was killed', async () => {
  leaveLock(join(checkout, 'bin/runtime/.packages.lock'), gone())
  expect(await startAtOnce(4)).toEqual(ranOnce)
  expect(readdirSync(join(checkout, 'bin/runtime')).filter(name => name.includes('lock'))).toEqual([])
})

it('lets one process in at a time, whoever of many judges a lock dead at one instant', async () => {
  const rounds = 12
  const racers = 6
  const dead = gone()
  // Each waits for the others before every round, so that all of them look at the same dead lock at once; and its calls of
  // the file system take a while now and then, as they do on a busy machine, so that the others come between them.
  const racer = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    let seed = Number(process.argv[1])
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
    const pause = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    const { appendFileSync, readdirSync, rmSync, writeFileSync } = fs
    for (const name of ['readFileSync', 'renameSync', 'mkdirSync', 'rmSync']) {
      const call = fs[name]
      fs[name] = (...given) => {
        pause(random() * 6)
        try { return call(...given) } finally { pause(random() * 6) }
      }
    }
    syncBuiltinESMExports()
    const { withInstallLock } = await import(${JSON.stringify(join(bin, 'install-lock.js'))})
    for (let round = 0; round < ${rounds}; round++) {
      writeFileSync('here-' + round + '-' + process.pid, '')
      while (readdirSync('.').filter(name => name.startsWith('here-' + round + '-')).length < ${racers}) pause(1)
      const entered = withInstallLock('lock-' + round, () => {
        let alone = true
        try { writeFileSync('inside', '', { flag: 'wx' }) } catch { alone = false }
        pause(2)
        rmSync('inside', { force: true })
        appendFileSync('entered-' + round, alone ? 'a' : 'X')
      }, 120_000)
      if (!entered) process.exit(1)
    }`
  for (let round = 0; round < rounds; round++)
    leaveLock(join(checkout, `lock-${round}`), round % 2 ? dead : `${dead} of-round-${round}`)
  const children = Array.from({ length: racers }, (_, index) =>
    spawn(process.execPath, ['--input-type=module', '-e', racer, String(7919 * (index + 1))], {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  )
  const ends = await Promise.all(
    children.map(async child => {
      const [code] = await once(child, 'close')
      if (code !== 0) for (const other of children) other.kill() // They would wait for it in the next round.
      return code
    }),
  )
  expect(ends).toEqual(Array.from({ length: racers }, () => 0))
  for (let round = 0; round < rounds; round++)
    expect(readFileSync(join(checkout, `entered-${round}`), 'utf8'), `round ${round}`).toBe(
      'a'.repeat(racers),
    )
  expect(readdirSync(checkout).filter(name => name.startsWith('lock-'))).toEqual([])
})

it('goes on where the one that took a dead lock over died as well', () => {
  const [first, second] = [`${gone()} first`, `${gone()} second`]
  const lock = join(checkout, 'bin/runtime/.packages.lock')
  leaveLock(lock, first)
  leaveLock(`${lock}.gone-${createHash('sha256').update(first).digest('hex').slice(0, 24)}`, second)
  expect(run()).toMatchObject(ran)
  expect(readdirSync(join(checkout, 'bin/runtime')).filter(name => name.includes('lock'))).toEqual([])
})

it('ends well where somebody removed its lock meanwhile, as they are told to where its owner seems gone', async () => {
  const { withInstallLock } = await import(join(bin, 'install-lock.js'))
  const lock = join(checkout, 'lock')
  expect(withInstallLock(lock, () => rmSync(lock, { recursive: true }), 1_000)).toBe(true)
  expect(readdirSync(checkout).filter(name => name.startsWith('lock'))).toEqual([])
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
