import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPerson } from '../support/api-person.ts'
import { consolePassword } from '../support/console-visit.ts'
import { allBriefed } from './all-briefed.ts'
import { openPodman, type Podman, wantedImage } from './podman.ts'

// The image as an organisation runs it: another user than root, a root file system that nobody can write to, no capability.

const wanted = wantedImage('the image is neither built nor run')
const image = wanted ?? ''
const name = `tocsin-trial-${process.pid}`
let podman: Podman

describe.skipIf(wanted === undefined)('the image', () => {
  let base = ''
  const start = () => {
    podman(
      ...['run', '--detach', '--name', name, '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
      ...['--security-opt', 'no-new-privileges', '--volume', `${name}:/var/lib/tocsin`],
      ...['--publish', '127.0.0.1::7411', image, 'up', '--sample'],
    )
    base = `http://${podman('port', name, '7411/tcp')}`
  }

  beforeAll(() => {
    podman = openPodman()
    start()
  })
  afterAll(() => {
    podman('rm', '--force', '--time', '0', name)
    podman('volume', 'rm', '--force', name)
    podman.close()
  })

  it('starts, is healthy by its own check, and serves the console', async () => {
    await podman.said(name, /ready on http/)
    for (const path of ['/healthz', '/readyz']) expect((await fetch(base + path)).status).toBe(200)
    expect(await (await fetch(base)).text()).toContain('<div id="root"')
    await podman.healthy(name)
  })

  it('signs in with the password that it printed, and briefs every case of the sample', async () => {
    const [, password = ''] = await podman.said(name, /one-time password (\S+)/)
    const admin = await apiPerson(base, 'admin', password)
    await podman.said(name, /sample: \d+ alerts taken in/)
    expect((await allBriefed(admin)).length).toBeGreaterThan(5)
  })

  it('runs as user 7411 without a capability, and can gain none', () => {
    const status = podman('exec', name, 'cat', '/proc/1/status')
    expect(status).toMatch(/^Uid:\s+7411\s+7411\s+7411\s+7411$/m)
    expect(status).toMatch(/^CapEff:\s+0+$/m)
    expect(status).toMatch(/^CapBnd:\s+0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    const find = 'find / -xdev -type f -perm /6000 2>/dev/null || true'
    expect(podman('exec', name, 'sh', '-c', find)).toBe('')
  })

  it('holds no source, no test, no npm, and nothing of the registry that was asked', () => {
    const there = 'ls -d /opt/tocsin/src /opt/tocsin/test /opt/tocsin/node_modules/vitest 2>/dev/null || true'
    expect(podman('exec', name, 'sh', '-c', there)).toBe('')
    expect(podman('exec', name, 'sh', '-c', 'command -v npm npx yarn || true')).toBe('')
    const settings = 'find / -xdev -name ".npmrc" -not -path "*/node_modules/*" 2>/dev/null || true'
    expect(podman('exec', name, 'sh', '-c', settings)).toBe('')
    expect(podman('history', '--no-trunc', image)).not.toMatch(/npm_config_registry=/)
  })

  it('can write nowhere but its data and /tmp, and wrote nothing else', () => {
    expect(() => podman('exec', name, 'touch', '/opt/tocsin/x')).toThrow(/Read-only file system/)
    expect(podman('exec', name, 'find', '/tmp', '-type', 'f')).toBe('')
    // What podman itself puts there: resolv.conf and such.
    const changed = podman('diff', name).split('\n')
    expect(
      changed.filter(line => line !== '' && !/^[AC] \/(etc|run|dev|var\/lib\/tocsin)$/.test(line)),
    ).toEqual([])
  })

  it('ends with 0 when it is told to, and has everything when it comes again', async () => {
    podman('stop', '--time', '60', name)
    expect(podman('inspect', '--format', '{{.State.ExitCode}}', name)).toBe('0')
    expect(podman.logs(name)).toContain('tocsin: stopping')
    podman('rm', name)
    start()
    await podman.said(name, /ready on http/)
    const admin = await apiPerson(base, 'admin', consolePassword)
    expect((await allBriefed(admin)).length).toBeGreaterThan(5)
  })
})
