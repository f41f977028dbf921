import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addRequest, type EndpointHost, endpointHost } from './endpoint-host.ts'

// The endpoint's scripts where there is no room left, at the longest names that a kernel takes, and without yara.

let host: EndpointHost
let mounted: string[] = []
beforeEach(() => {
  host = endpointHost()
  mounted = []
})
afterEach(() => {
  for (const place of mounted) spawnSync('umount', ['-l', place])
  host.close()
})

/** A file system of a few pages, where this process may mount one. */
function smallDisk(place: string, size: string): boolean {
  mkdirSync(place, { recursive: true })
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', place])
  if (made.status !== 0) {
    console.error('SKIPPED: no file system can be mounted here (that takes root); a full disk is not tested')
    return false
  }
  mounted.push(place)
  return true
}

/** Writes until nothing more fits, not a byte. */
function fillUp(place: string): void {
  for (const size of [65_536, 4096, 1])
    for (let part = 0; part < 100_000; part++) {
      const file = join(place, `ballast-${size}-${part}`)
      try {
        writeFileSync(file, Buffer.alloc(size, 'x'))
      } catch {
        if (existsSync(file)) unlinkSync(file)
        break
      }
    }
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const act: EndpointHost['respond'] = (fields, options) => host.respond(fields, options)

describe('a full disk', () => {
  it('under the quarantine: the file stays where it is, whole, and the report says that it failed', async () => {
    const state = join(host.ossec, 'var/tocsin')
    if (!smallDisk(state, '256k')) return
    const path = join(host.files, 'large.php')
    const content = Buffer.alloc(2 * 1024 ** 2, 'payload ')
    writeFileSync(path, content, { mode: 0o640 })
    expect(await act({ action: 'quarantine-file', path, sha256: sha256(content) })).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('still in its place'),
    })
    expect(sha256(readFileSync(path))).toBe(sha256(content))
    expect(statSync(path).mode & 0o777).toBe(0o640)
    // Half a copy is no quarantine.
    const kept = readdirSync(join(state, 'quarantine'))
    expect(kept.filter(name => name.endsWith('.file') || name.endsWith('.taken'))).toEqual([])
  })

  it('to the last byte: nothing is done, nothing is lost, and nothing is reported as done', async () => {
    const state = join(host.ossec, 'var/tocsin')
    if (!smallDisk(state, '64k')) return
    const path = join(host.files, 'small.php')
    writeFileSync(path, 'small')
    fillUp(state)
    for (const action of ['quarantine-file', 'delete-file', 'restore-file']) {
      const report = await act({ action, path, sha256: sha256('small') })
      expect([action, report?.result]).not.toEqual([action, 'done'])
      expect(readFileSync(path, 'utf8')).toBe('small')
    }
  })

  it('under the file: a quarantined file that cannot come back stays in the quarantine', async () => {
    const place = join(host.files, 'tiny')
    if (!smallDisk(place, '128k')) return
    const path = join(place, 'x.php')
    const content = Buffer.alloc(40_000, 'x')
    writeFileSync(path, content)
    const args = { path, sha256: sha256(content) }
    expect(await act({ action: 'quarantine-file', ...args })).toMatchObject({ result: 'done' })
    fillUp(place)
    expect(await act({ action: 'restore-file', ...args })).toMatchObject({ result: 'failed' })
    const quarantine = join(host.ossec, 'var/tocsin/quarantine')
    const copy = readdirSync(quarantine).find(name => name.endsWith('.file')) ?? ''
    expect(sha256(readFileSync(join(quarantine, copy)))).toBe(args.sha256)
    // With room again it comes back whole.
    for (const name of readdirSync(place).filter(name => name.startsWith('ballast')))
      unlinkSync(join(place, name))
    expect(await act({ action: 'restore-file', ...args })).toMatchObject({ result: 'done' })
    expect(sha256(readFileSync(path))).toBe(args.sha256)
  })
})

describe('the longest names', () => {
  /** A path of so many bytes, most of it in folders of the longest name. */
  function longPath(bytes: number, last: Buffer): Buffer {
    let folder = Buffer.from(host.files)
    const room = () => bytes - folder.length - 1 - last.length
    while (room() > 0) {
      const part = Buffer.alloc(Math.min(255, room() - 1 === 256 ? 250 : Math.max(room() - 1, 1)), 'd')
      folder = Buffer.concat([folder, Buffer.from('/'), part])
      mkdirSync(folder)
    }
    return Buffer.concat([folder, Buffer.from('/'), last])
  }

  it.each([
    ['of 4,095 bytes, all that a path may have', 4095, Buffer.from('x.php')],
    ['of 255 bytes that are no UTF-8', 1000, Buffer.alloc(255, 0xfe)],
    ['with newlines and quotes at the very end', 3000, Buffer.from(`$(reboot)'"\n\n`)],
  ])('%s: there and back, and gone', async (_, bytes, last) => {
    const path = longPath(bytes, last)
    expect(path.length).toBe(bytes)
    writeFileSync(path, 'x')
    const args = { path, sha256: sha256('x') }
    expect(await act({ action: 'quarantine-file', ...args })).toMatchObject({ result: 'done' })
    expect(existsSync(path)).toBe(false)
    expect(await act({ action: 'restore-file', ...args })).toMatchObject({ result: 'done' })
    expect(readFileSync(path, 'utf8')).toBe('x')
    expect(await act({ action: 'delete-file', ...args })).toMatchObject({ result: 'done' })
    expect(existsSync(path)).toBe(false)
  })

  it('one byte more than a path may have is refused', async () => {
    const path = `${host.files}/${'d/'.repeat(2100)}x`
    expect(path.length).toBeGreaterThan(4096)
    expect(await act({ action: 'delete-file', path, sha256: sha256('x') })).toMatchObject({
      result: 'refused',
    })
  })
})

it('a host without yara says so, and leaves the file alone', async () => {
  // Everything that is on the path here, but yara.
  const bin = mkdtempSync(join(host.files, 'bin-'))
  for (const folder of ['/bin', '/usr/bin'])
    for (const name of readdirSync(folder))
      if (!/^yarac?$/.test(name) && !existsSync(join(bin, name)))
        symlinkSync(join(folder, name), join(bin, name))
  // The scripts trust no caller's path: theirs is written over, in this copy.
  const library = join(host.ossec, 'active-response/bin/tocsin-lib.sh')
  const text = readFileSync(library, 'utf8')
  expect(text).toMatch(/^PATH=/m)
  writeFileSync(library, text.replace(/^PATH=.*$/m, `PATH=${bin}`))
  writeFileSync(join(host.ossec, 'etc/tocsin/rules.yar'), 'rule any { condition: true }')
  const path = join(host.files, 'x.php')
  writeFileSync(path, 'x')
  const alert = { syscheck: { path, sha256_after: sha256('x') } }
  const [report] = await host.run('tocsin-yara', addRequest(alert), { reports: 1 })
  expect(report).toMatchObject({ event: 'yara_skipped', detail: 'yara is not installed on this host' })
  expect(readFileSync(path, 'utf8')).toBe('x')
})

it('blocks and unblocks an address, and isolates all but the manager, in a network of its own', async () => {
  const holder = spawn('unshare', ['-n', 'sleep', '600'])
  const within = ['nsenter', '-t', String(holder.pid), '-n']
  const rules = () =>
    spawnSync('nsenter', [...within.slice(1), 'iptables', '-S'], { encoding: 'utf8' }).stdout.split('\n')
  try {
    // The new network is there once the holder runs in it.
    await expect
      .poll(() => spawnSync('nsenter', [...within.slice(1), 'cat', '/proc/net/dev']).stdout.toString(), {
        timeout: 30_000,
      })
      .not.toMatch(/eth0/)
    if (spawnSync('nsenter', [...within.slice(1), 'iptables', '-w', '5', '-S']).status !== 0) {
      console.error('SKIPPED: no firewall in a network of its own here (that takes root and iptables)')
      return
    }
    const before = rules()
    const block = { action: 'block-address', address: '203.0.113.9' }
    expect(await act(block, { within })).toMatchObject({ result: 'done' })
    expect(rules().filter(rule => rule.includes('203.0.113.9') && rule.endsWith('-j DROP'))).toHaveLength(4)
    expect(await act({ ...block, action: 'unblock-address' }, { within })).toMatchObject({ result: 'done' })
    expect(rules()).toEqual(before)
    expect(await act({ ...block, action: 'unblock-address' }, { within })).toMatchObject({ result: 'failed' })
    for (const address of ['203.0.113.9; reboot', '-j ACCEPT', '$(reboot)', ''])
      expect(await act({ action: 'block-address', address }, { within })).toMatchObject({ result: 'refused' })
    // Where the manager is not known by address, isolation would cut it off too.
    expect(await act({ action: 'isolate-host' }, { within })).toMatchObject({ result: 'failed' })
    expect(rules()).toEqual(before)
    writeFileSync(
      join(host.ossec, 'etc/ossec.conf'),
      '<client><server><address>192.0.2.1</address></server></client>',
    )
    expect(await act({ action: 'isolate-host' }, { within })).toMatchObject({ result: 'done' })
    expect(rules()).toContain('-A TOCSIN -s 192.0.2.1/32 -j ACCEPT')
    expect(rules()).toContain('-A INPUT -j TOCSIN')
    expect(await act({ action: 'release-host' }, { within })).toMatchObject({ result: 'done' })
    expect(rules()).toEqual(before)
  } finally {
    holder.kill('SIGKILL')
  }
})

it('lists what runs here for an approved question, and nothing that is not on its list', async () => {
  const proposal = { action: 'inventory-query', table: 'processes' }
  const reports = await (async () => {
    const done = await act(proposal)
    return [done, host.log().at(-2)] as const
  })()
  expect(reports[0]).toMatchObject({ result: 'done', detail: 'listed processes' })
  expect(reports[1]).toContain('"event":"inventory"')
  expect(reports[1]).toContain('tocsin-respond')
  for (const table of ['processes; reboot', 'shadow', '../etc/passwd'])
    expect(await act({ action: 'inventory-query', table })).toMatchObject({ result: 'refused' })
})
