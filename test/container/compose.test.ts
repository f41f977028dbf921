import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPerson } from '../support/api-person.ts'
import { consolePassword } from '../support/console-visit.ts'
import { freePort } from '../support/free-port.ts'
import { pythonTool } from '../support/python-tool.ts'
import { allBriefed } from './all-briefed.ts'
import { openPodman, type Podman, wantedImage } from './podman.ts'
import { run, runShown } from './programs.ts'

// The compose file as it is, by podman-compose, with two workers. Only the database's image is another: Debian's PostgreSQL 15
// on the root file system that build-image.sh made, with as much of the official image's ways as the file asks for.

const databaseImage = 'localhost/tocsin-trial-database'
const databaseFile = `FROM localhost/tocsin-debian
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-15 && rm -rf /var/lib/apt/lists/*
COPY start /start
ENV PATH=/usr/lib/postgresql/15/bin:/usr/bin:/bin
# As in the official image: what is connected does not hold it up.
STOPSIGNAL SIGINT
ENTRYPOINT ["/start"]
`
const databaseStart = `#!/bin/sh
set -e
data=/var/lib/postgresql/data
as() { exec setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
mkdir -p $data /run/postgresql && chown postgres: $data /run/postgresql && chmod 700 $data
if [ ! -e $data/PG_VERSION ]; then
  printf %s "$POSTGRES_PASSWORD" > /run/password && chown postgres /run/password
  (as initdb -D $data -U "$POSTGRES_USER" --pwfile=/run/password --auth-local=trust --auth-host=scram-sha-256)
  rm /run/password
  echo "create database $POSTGRES_DB" | (as postgres --single -D $data postgres)
  echo 'host all all all scram-sha-256' >> $data/pg_hba.conf
fi
as postgres -D $data -c listen_addresses='*'
`

const wanted = wantedImage('the compose file is not run')
const program =
  wanted === undefined
    ? undefined
    : pythonTool(
        { name: 'podman-compose', version: '1.6.0', program: 'podman-compose' },
        'the compose file is not run',
      )

describe.skipIf(program === undefined)('the compose file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-compose-'))
  const project = `tocsin-trial-${process.pid}`
  const container = (service: string, number = 1) => `${project}_${service}_${number}`
  const all = [container('serve'), container('worker'), container('worker', 2), container('database')]
  let podman: Podman
  let port = 0
  const compose = (...args: readonly string[]) =>
    runShown(program ?? '', ['--project-name', project, ...args], {
      cwd: folder,
      environment: {
        ...podman.environment,
        TOCSIN_IMAGE: wanted ?? '',
        POSTGRES_IMAGE: databaseImage,
        PORT: String(port),
      },
    })
  /** podman-compose forgets the second worker when it stops or takes away. */
  const second = (...words: readonly string[]) => podman(...words, container('worker', 2))
  /** Without systemd nobody runs podman's health checks: it is asked here, and then what waits for it is started. */
  const up = async () => {
    await compose('up', '--detach', '--no-build', 'database')
    await podman.healthy(container('database'))
    await compose('up', '--detach', '--no-build', '--no-deps', '--scale', 'worker=2', 'serve', 'worker')
    await podman.said(container('serve'), /serving on http/)
    for (const each of all.slice(0, 3)) await podman.healthy(each)
  }

  beforeAll(async () => {
    podman = openPodman()
    const context = join(folder, 'database')
    mkdirSync(context)
    writeFileSync(join(context, 'Containerfile'), databaseFile)
    writeFileSync(join(context, 'start'), databaseStart, { mode: 0o755 })
    run('buildah', ['bud', '--isolation', 'chroot', '--layers', '--quiet', '--tag', databaseImage, context])
    copyFileSync(
      resolve(import.meta.dirname, '../../deploy/container/compose.yaml'),
      join(folder, 'compose.yaml'),
    )
    writeFileSync(join(folder, 'database.env'), 'POSTGRES_PASSWORD=trial\n')
    writeFileSync(
      join(folder, 'secrets.env'),
      `DATABASE_URL=postgres://tocsin:trial@database/tocsin\nTOCSIN_MASTER_KEY=${Buffer.alloc(32, 7).toString('base64')}\n`,
    )
    port = await freePort()
    await up()
  }, 1_800_000)
  afterAll(async () => {
    second('rm', '--force', '--ignore', '--time', '0')
    await compose('down', '--volumes', '--timeout', '5')
    rmSync(folder, { recursive: true })
    podman.close()
  })

  it('briefs the sample with serve in one container and the workers in others', async () => {
    const [, password = ''] = await podman.said(container('serve'), /one-time password (\S+)/)
    const admin = await apiPerson(`http://127.0.0.1:${port}`, 'admin', password)
    expect((await admin('POST', '/api/sample')).status).toBe(200)
    expect((await allBriefed(admin)).length).toBeGreaterThan(5)
  })

  it('confines serve and workers, and opens no port to the database', () => {
    for (const each of all.slice(0, 3)) {
      const [{ HostConfig }] = JSON.parse(podman('inspect', each))
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true })
      expect(podman('exec', each, 'cat', '/proc/1/status')).toMatch(/^CapBnd:\s+0+$/m)
    }
    expect(podman('port', container('database'))).toBe('')
  })

  it('stops with 0 everywhere, and has everything when it comes again', async () => {
    second('stop', '--time', '60')
    await compose('stop', '--timeout', '60')
    const codes = all.map(each => podman('inspect', '--format', '{{.State.ExitCode}}', each))
    expect(codes).toEqual(['0', '0', '0', '0'])
    second('rm')
    await compose('down')
    await up()
    const admin = await apiPerson(`http://127.0.0.1:${port}`, 'admin', consolePassword)
    expect((await allBriefed(admin)).length).toBeGreaterThan(5)
  })
})
