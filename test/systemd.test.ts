import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

// The units by systemd's own judgement.

const folder = resolve(import.meta.dirname, '..', 'deploy', 'systemd')
const units = readdirSync(folder)
const place = mkdtempSync(join(tmpdir(), 'tocsin-units-'))
afterAll(() => rmSync(place, { recursive: true }))

const analyze = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  return { status, said: `${stdout ?? ''}${stderr ?? ''}` }
}
/** A unit with this Node in it: systemd looks whether the program is there. */
function unit(name: string, change: (text: string) => string = text => text): string {
  const path = join(place, name)
  writeFileSync(
    path,
    change(readFileSync(join(folder, name), 'utf8')).replaceAll('/usr/bin/node', process.execPath),
  )
  return path
}

// Judging units that are not installed is asked of 250 and later.
const version = Number(/^systemd (\d+)/.exec(analyze('--version').said)?.[1] ?? 0)
if (version < 250)
  console.error('SKIPPED: no systemd-analyze of 250 or later; the units are not verified by systemd')

describe.skipIf(version < 250)('systemd', () => {
  it.each(units)('has nothing to say against %s', name => {
    expect(analyze('verify', '--recursive-errors=one', unit(name))).toEqual({ status: 0, said: '' })
  })

  it('would say that an option is misspelt', () => {
    const { said } = analyze(
      'verify',
      unit('tocsin.service', text => text.replace('ProtectHome=', 'ProtectHouse=')),
    )
    expect(said).toContain('ProtectHouse')
  })

  // Of 10 (a service without any limits has 9.6). What is left is what it must do: the network, files of the manager.
  it.each(units)('counts %s as little exposed: at most 2.0', name => {
    const { status, said } = analyze('security', '--offline=true', '--threshold=20', '--no-pager', unit(name))
    expect(status, said).toBe(0)
  })

  it('would count one more exposed that runs as root', () => {
    const open = unit('tocsin.service', text =>
      text.replace(/^(User|Group|CapabilityBoundingSet)=.*\n/gm, ''),
    )
    expect(analyze('security', '--offline=true', '--threshold=20', '--no-pager', open).status).not.toBe(0)
  })
})
