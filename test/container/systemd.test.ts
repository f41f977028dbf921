import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/api-person.ts'
import { openPodman, type Podman, wantedImage } from './podman.ts'
import { run } from './programs.ts'

// The units as they are, under a systemd of its own: the image with Debian's systemd in it is booted as a machine. Its
// /opt/tocsin holds the package in place of a checkout.

const wanted = wantedImage('the units are not run')
const image = 'localhost/tocsin-trial-machine'
const name = `tocsin-trial-machine-${process.pid}`
const containerFile = `FROM ${wanted}
USER 0
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd && rm -rf /var/lib/apt/lists/* \\
    && ln -s /usr/local/bin/node /usr/bin/node && groupadd --system wazuh
COPY systemd/ /etc/systemd/system/
RUN mkdir /etc/tocsin && echo TOCSIN_ALERTS_FILE=off > /etc/tocsin/tocsin.env && systemctl enable tocsin
STOPSIGNAL SIGRTMIN+3
`

describe.skipIf(wanted === undefined)('the units', () => {
  let podman: Podman
  const inside = (...words: readonly string[]) => podman('exec', name, ...words)
  const property = (unit: string, what: string) =>
    inside('systemctl', 'show', '--value', '--property', what, unit)
  const journal = (unit: string) => inside('journalctl', '--no-pager', '--output', 'cat', '--unit', unit)
  const said = (unit: string, pattern: RegExp) =>
    until(`${pattern} of ${unit}`, async () => {
      const text = journal(unit)
      if (property(unit, 'ActiveState') === 'failed') throw new Error(`${unit} failed:\n${text}`)
      return pattern.exec(text) ?? undefined
    })
  const starts = (count: number) =>
    until(`start number ${count}`, async () =>
      journal('tocsin').split('ready on').length > count ? true : undefined,
    )

  beforeAll(() => {
    podman = openPodman()
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-machine-'))
    cpSync(resolve(import.meta.dirname, '../../deploy/systemd'), join(folder, 'systemd'), { recursive: true })
    writeFileSync(join(folder, 'Containerfile'), containerFile)
    run('buildah', ['bud', '--isolation', 'chroot', '--layers', '--quiet', '--tag', image, folder])
    rmSync(folder, { recursive: true })
    podman(
      ...['run', '--detach', '--name', name, '--privileged', '--systemd', 'always'],
      ...['--entrypoint', '["/lib/systemd/systemd"]', image],
    )
  }, 1_200_000)
  afterAll(() => {
    podman('rm', '--force', '--time', '0', '--volumes', name)
    podman.close()
  })

  it('tocsin.service starts within its limits and answers', async () => {
    await said('tocsin', /ready on (http\S+)/)
    const ask = "fetch('http://127.0.0.1:7411/readyz').then(async r => console.log(r.status, await r.text()))"
    expect(inside('node', '-e', ask)).toContain('200')
    const status = inside('cat', `/proc/${property('tocsin', 'MainPID')}/status`)
    expect(status).toMatch(/^Uid:\s+7411\s/m)
    expect(status).toMatch(/^CapBnd:\s+0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    expect(journal('tocsin')).toMatch(/one-time password \S+/)
  })

  it('it ends cleanly when it is stopped, and starts again on what it has', async () => {
    inside('systemctl', 'stop', 'tocsin')
    expect(property('tocsin', 'Result')).toBe('success')
    expect(property('tocsin', 'ExecMainStatus')).toBe('0')
    expect(inside('find', '/proc', '-maxdepth', '1', '-user', 'tocsin')).toBe('')
    inside('systemctl', 'start', 'tocsin')
    await starts(2)
  })

  it('it is started again where it is killed', async () => {
    const before = property('tocsin', 'MainPID')
    inside('sh', '-c', `kill -KILL ${before}`)
    await starts(3)
    expect(property('tocsin', 'MainPID')).not.toBe(before)
    expect(property('tocsin', 'NRestarts')).toBe('1')
  })
})
