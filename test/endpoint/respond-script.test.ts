import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addRequest, type EndpointHost, endpointHost } from './endpoint-host.ts'

let host: EndpointHost
beforeAll(() => {
  host = endpointHost()
})
afterAll(() => host.close())

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

const act: EndpointHost['respond'] = (fields, options) => host.respond(fields, options)

function makeFile(name: string, content = `content of ${name}`): { path: string; sha256: string } {
  const path = join(host.files, name)
  writeFileSync(path, content)
  return { path, sha256: sha256(content) }
}

describe('quarantine, restore, delete', () => {
  it('moves the file away with its owner, mode and times, and puts it back the same', async () => {
    const file = makeFile('dropper.php')
    chmodSync(file.path, 0o6751)
    utimesSync(file.path, 1_700_000_000, 1_700_000_000)
    const before = statSync(file.path)
    expect(await act({ action: 'quarantine-file', ...file })).toMatchObject({
      result: 'done',
      action: 'quarantine-file',
      nonce: 'n0',
    })
    expect(existsSync(file.path)).toBe(false)
    const kept = readdirSync(join(host.ossec, 'var/tocsin/quarantine')).filter(name => name.endsWith('.file'))
    expect(kept.length).toBe(1)
    expect(statSync(join(host.ossec, 'var/tocsin/quarantine', kept[0] ?? '')).mode & 0o777).toBe(0o400)
    expect(await act({ action: 'restore-file', ...file })).toMatchObject({ result: 'done' })
    const after = statSync(file.path)
    expect([after.mode, after.uid, after.gid, after.mtimeMs, readFileSync(file.path, 'utf8')]).toEqual([
      before.mode,
      before.uid,
      before.gid,
      before.mtimeMs,
      'content of dropper.php',
    ])
  })

  it('deletes in place, and deletes the quarantined copy', async () => {
    const file = makeFile('a')
    expect(await act({ action: 'delete-file', ...file })).toMatchObject({ result: 'done', detail: 'deleted' })
    const other = makeFile('b')
    await act({ action: 'quarantine-file', ...other })
    expect(await act({ action: 'delete-file', ...other })).toMatchObject({
      result: 'done',
      detail: 'the quarantined copy was deleted',
    })
    expect(await act({ action: 'restore-file', ...other })).toMatchObject({ result: 'refused' })
  })

  it('refuses a file that was swapped, and leaves it where it was', async () => {
    const file = makeFile('swapped')
    writeFileSync(file.path, 'something else')
    expect(await act({ action: 'delete-file', ...file })).toMatchObject({
      result: 'refused',
      detail: expect.stringContaining('another SHA-256'),
    })
    expect(readFileSync(file.path, 'utf8')).toBe('something else')
  })

  it('refuses symbolic links, at the end and on the way', async () => {
    const file = makeFile('target')
    const link = join(host.files, 'link')
    symlinkSync(file.path, link)
    expect(await act({ action: 'delete-file', path: link, sha256: file.sha256 })).toMatchObject({
      result: 'refused',
    })
    const folder = join(host.files, 'folder-link')
    symlinkSync(host.files, folder)
    expect(
      await act({ action: 'delete-file', path: join(folder, 'target'), sha256: file.sha256 }),
    ).toMatchObject({ result: 'refused' })
    expect(existsSync(file.path)).toBe(true)
  })

  it('refuses hard links without touching their mode', async () => {
    const file = makeFile('one-name')
    chmodSync(file.path, 0o644)
    linkSync(file.path, join(host.files, 'other-name'))
    expect(await act({ action: 'quarantine-file', ...file })).toMatchObject({
      result: 'refused',
      detail: expect.stringContaining('hard links'),
    })
    expect(statSync(file.path).mode & 0o777).toBe(0o644)
  })

  it('refuses folders, missing files and relative paths', async () => {
    mkdirSync(join(host.files, 'folder'))
    for (const path of [join(host.files, 'folder'), join(host.files, 'missing'), 'relative', '/']) {
      expect(await act({ action: 'delete-file', path, sha256: sha256('') })).toMatchObject({
        result: 'refused',
      })
    }
  })

  it('does not overwrite what has taken the place of a quarantined file', async () => {
    const file = makeFile('taken')
    await act({ action: 'quarantine-file', ...file })
    writeFileSync(file.path, 'new')
    expect(await act({ action: 'restore-file', ...file })).toMatchObject({ result: 'refused' })
    expect(readFileSync(file.path, 'utf8')).toBe('new')
  })

  it('never acts on another file while an attacker swaps the name', async () => {
    const victim = makeFile('victim', 'precious')
    const file = makeFile('race', 'malicious')
    const spare = join(host.files, 'spare')
    const stop = { now: false }
    const swapper = (async () => {
      for (let i = 0; !stop.now; i++) {
        try {
          if (i % 2 === 0) {
            renameSync(file.path, spare)
            symlinkSync(victim.path, file.path)
          } else renameSync(spare, file.path)
        } catch {
          // The script has just taken it: that is the race.
        }
        await new Promise(done => setImmediate(done))
      }
    })()
    const result = await act({ action: 'delete-file', ...file })
    stop.now = true
    await swapper
    expect(['done', 'refused', 'failed']).toContain(result?.result)
    expect(readFileSync(victim.path, 'utf8')).toBe('precious')
  })

  const hostile = fc
    .uint8Array({ minLength: 1, maxLength: 60 })
    .map(bytes => Buffer.from(bytes.map(byte => (byte === 0 || byte === 47 ? 120 : byte))))
  const nasty = fc
    .constantFrom(
      '-rf',
      '$(touch pwned)',
      '`id`',
      '"; rm -rf x',
      "it's",
      'new\nline',
      'tab\there',
      ' lead',
      'trail ',
      'end\n',
      '*',
      '[a]',
      '\\n',
      '..x',
      '\u202Etxt',
      'é',
      '{"tocsin":{}}',
    )
    .map(name => Buffer.from(name))
  it('round-trips any name that a file system takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nasty, hostile), async name => {
        fc.pre(name.toString('latin1') !== '.' && name.toString('latin1') !== '..')
        const path = Buffer.concat([Buffer.from(`${host.files}/`), name])
        writeFileSync(path, 'x')
        const args = { path, sha256: sha256('x') }
        expect(await act({ action: 'quarantine-file', ...args })).toMatchObject({ result: 'done' })
        expect(existsSync(path)).toBe(false)
        expect(await act({ action: 'restore-file', ...args })).toMatchObject({ result: 'done' })
        expect(readFileSync(path, 'utf8')).toBe('x')
        expect(await act({ action: 'delete-file', ...args })).toMatchObject({ result: 'done' })
      }),
      { numRuns: 8, seed: 11 },
    )
    expect(existsSync('/pwned') || existsSync(join(host.files, 'pwned'))).toBe(false)
  })
})

describe('once, and only what was meant', () => {
  it('does an action once however often it is asked, and says what came of it', async () => {
    const file = makeFile('once')
    const proposal = { action: 'delete-file', ...file, proposal: 'proposal_once' }
    const first = await act(proposal)
    writeFileSync(file.path, 'content of once')
    const second = await act(proposal)
    expect([first?.result, second?.result, second?.detail]).toEqual(['done', 'done', 'already: deleted'])
    expect(existsSync(file.path)).toBe(true)
  })

  it('stops where execd says that it runs already', async () => {
    const file = makeFile('abort')
    expect(await act({ action: 'delete-file', ...file }, { reply: 'abort' })).toBeUndefined()
    expect(existsSync(file.path)).toBe(true)
  })

  it('says so when an earlier run was killed, and does nothing', async () => {
    const file = makeFile('killed')
    mkdirSync(join(host.ossec, 'var/tocsin/journal/proposal_killed'), { recursive: true })
    expect(await act({ action: 'delete-file', ...file, proposal: 'proposal_killed' })).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('interrupted'),
    })
    expect(existsSync(file.path)).toBe(true)
  })

  it('killed at any moment, it has done the action or the file is in its place or in the quarantine', async () => {
    for (const killAfterMs of [5, 15, 25, 35, 50, 70]) {
      const file = makeFile(`kill-${killAfterMs}`)
      await act({ action: 'quarantine-file', ...file }, { killAfterMs })
      const quarantine = join(host.ossec, 'var/tocsin/quarantine')
      const kept = readdirSync(quarantine).some(
        name =>
          !name.endsWith('.meta') &&
          readFileSync(join(quarantine, name), 'utf8') === `content of kill-${killAfterMs}`,
      )
      expect(existsSync(file.path) || kept).toBe(true)
    }
  })

  it.each([
    ['expired', { expires: '1' }, 'expired'],
    ['for another agent', { agent: '002' }, 'another agent'],
    ['an unknown action', { action: 'format-disk' }, 'no such action'],
    ['a hash that is none', { sha256: '../x' }, 'not a SHA-256'],
  ])('refuses what is %s', async (_, change, detail) => {
    const file = makeFile('refused')
    expect(await act({ action: 'delete-file', ...file, ...change })).toMatchObject({
      result: 'refused',
      detail: expect.stringContaining(detail),
    })
    expect(existsSync(file.path)).toBe(true)
  })

  it.each([
    ['{}'],
    ['not json'],
    [JSON.stringify(addRequest({ data: { tocsin: { payload: 'AAAA' } } }))],
    [JSON.stringify(addRequest({ full_log: '"payload":"x"' }))],
  ])('refuses the line %s', async line => {
    const reports = await host.run('tocsin-respond', JSON.parse(line.startsWith('not') ? '"not json"' : line))
    expect(reports.every(report => report.result === 'refused')).toBe(true)
  })

  it('kills a process only while it runs the approved program', async () => {
    const child = spawn('/bin/sleep', ['60'])
    const exit = new Promise(done => child.on('exit', (_, signal) => done(signal)))
    const program =
      readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') &&
      (await import('node:fs')).readlinkSync(`/proc/${child.pid}/exe`)
    expect(
      await act({ action: 'kill-process', pid: String(child.pid), path: '/usr/bin/other' }),
    ).toMatchObject({ result: 'refused' })
    expect(await act({ action: 'kill-process', pid: String(child.pid), path: program })).toMatchObject({
      result: 'done',
    })
    expect(await exit).toBe('SIGKILL')
  })

  it('keeps its folders to itself', () => {
    expect(lstatSync(join(host.ossec, 'var/tocsin')).mode & 0o777).toBe(0o700)
  })
})
