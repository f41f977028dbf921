import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { commandNames } from '../src/cli.ts'
import { settingNames } from '../src/config/settings.ts'
import { systemClock } from '../src/lib/clock.ts'
import type { Database } from '../src/lib/database.ts'
import { registerWorkMetrics } from '../src/main/work-metrics.ts'
import { goProgram } from './support/go-program.ts'

// What can be said of these files without running them: a misspelt setting or metric, a form that its program refuses. systemd
// judges the units in systemd.test.ts, Kubernetes' schemas the chart in helm.test.ts; `npm run soak image` runs the image.
const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
/** Read by bin/prepare.js, which runs before there are settings, and by the compose file itself. */
const known = [...settingNames, 'TOCSIN_SKIP_INSTALL', 'TOCSIN_IMAGE', 'TOCSIN_MEMORY']
const settingsIn = (text: string) => [
  ...new Set([...text.matchAll(/\b(TOCSIN_[A-Z_]+|DATABASE_URL)\b/g)].map(match => match[0])),
]

const units = readdirSync(join(root, 'deploy/systemd')).filter(name => name.endsWith('.service'))

describe.each(units)('%s', name => {
  const lines = read(join('deploy/systemd', name)).split('\n')

  it('holds sections, settings and comments only', () => {
    expect(lines.filter(line => !/^(\[[A-Z][a-z]+\]|[A-Z][A-Za-z]+=.*|#.*|)$/.test(line))).toEqual([])
  })

  it.each([
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'CapabilityBoundingSet=',
    'RestrictSUIDSGID=yes',
    'StateDirectory=tocsin',
    'User=tocsin',
    'LimitCORE=0',
    'TasksMax=512',
  ])('is confined: %s', option => expect(lines).toContain(option))

  it('starts a command that there is', () => {
    const command = lines
      .find(line => line.startsWith('ExecStart='))
      ?.split(' ')
      .at(-1)
    expect(commandNames).toContain(command)
  })
})

const service = z.object({
  command: z.array(z.string()).nullish(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  ports: z.array(z.object({ host_ip: z.string().optional() })).optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  environment: z.record(z.string(), z.unknown()).optional(),
  mem_limit: z.unknown().optional(),
  pids_limit: z.unknown().optional(),
})

const compose = await goProgram(
  { path: 'github.com/compose-spec/compose-go/v2/cmd', version: 'v2.16.2', name: 'compose-spec' },
  'the compose file is not read by the reference implementation',
)

describe.skipIf(compose === undefined)('the compose file, by the reference implementation', () => {
  const place = mkdtempSync(join(tmpdir(), 'tocsin-compose-'))
  const text = read('deploy/container/compose.yaml')
  beforeAll(() => {
    for (const name of ['secrets.env', 'database.env']) writeFileSync(join(place, name), 'NAME=value\n')
  })
  afterAll(() => rmSync(place, { recursive: true }))
  const load = (content: string) => {
    writeFileSync(join(place, 'compose.yaml'), content)
    return spawnSync(compose ?? '', ['--format', 'json', 'compose.yaml'], { cwd: place, encoding: 'utf8' })
  }

  it('runs serve and worker confined, publishes to this machine only', () => {
    const { status, stdout, stderr } = load(text)
    expect(status, stderr).toBe(0)
    const { services } = z.object({ services: z.record(z.string(), service) }).parse(JSON.parse(stdout))
    expect(Object.keys(services).sort()).toEqual(['database', 'serve', 'worker'])
    for (const name of ['serve', 'worker'])
      expect(services[name]).toMatchObject({ command: [name], read_only: true, cap_drop: ['ALL'] })
    for (const name of ['serve', 'worker'])
      expect(services[name]).toMatchObject({
        mem_limit: expect.stringMatching(/^2(g|147483648)$/),
        pids_limit: 512,
      })
    for (const each of Object.values(services)) expect(each.security_opt).toEqual(['no-new-privileges:true'])
    // The image's own check asks the console, which a worker has not.
    const { healthcheck, environment } = services.worker ?? {}
    expect(healthcheck?.disable).not.toBe(true)
    expect(healthcheck?.test?.join(' ')).toContain(`127.0.0.1:${environment?.TOCSIN_WORKER_PORT}/healthz`)
    const ports = Object.values(services).flatMap(each => each.ports ?? [])
    expect(ports.map(port => port.host_ip)).toEqual(['127.0.0.1'])
  })

  it('which refuses what is none of the specification', () => {
    const { status, stderr } = load(text.replace('read_only: true', 'readonly: true'))
    expect(status).not.toBe(0)
    expect(stderr).toContain('readonly')
  })
})

describe('the container file', () => {
  const stages = read('deploy/container/Containerfile').split(/^FROM /m)

  it('ends as another user than root', () => {
    const user = stages.at(-1)?.match(/^USER (.*)$/m)?.[1]
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  it('takes nothing from the checkout into the image but through the package', () => {
    const copied = [...(stages.at(-1)?.matchAll(/^(COPY|ADD) (.*)$/gm) ?? [])].map(match => match[2])
    expect(copied.length).toBeGreaterThan(0)
    expect(copied.filter(words => !words?.startsWith('--from=build '))).toEqual([])
  })

  it('is not given the secrets that are kept beside it', () => {
    expect(read('.dockerignore').split('\n')).toContain('deploy/container/*.env')
  })
})

it('every way to start Tocsin bounds the space for new objects, which V8 would let grow to a hundred megabytes, and collects what is old when it has doubled', () => {
  const bound = /node(", "| )--max-semi-space-size=32(", "| )--heap-growing-percent=100\b/
  const units = readdirSync(join(root, 'deploy/systemd')).map(name => join('deploy/systemd', name))
  const starts = [...units, 'deploy/container/Containerfile'].map(file =>
    read(file).match(/^(ExecStart=|ENTRYPOINT ).*$/m),
  )
  expect(starts.filter(start => !bound.test(start?.[0] ?? ''))).toEqual([])
  expect(JSON.parse(read('package.json')).scripts.start).toMatch(bound)
})

it('every setting in deploy/ is one of src/config/settings.ts', () => {
  const files = [
    ...units.map(name => join('deploy/systemd', name)),
    'deploy/container/compose.yaml',
    'deploy/container/Containerfile',
  ]
  const named = files.flatMap(file => settingsIn(read(file)))
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter(name => !known.includes(name))).toEqual([])
})

/** Metrics are named without a question to it. */
const unasked = {} as Database

it('every metric of the dashboard is one that the program has', () => {
  const dashboard = JSON.parse(read('deploy/grafana/tocsin.json'))
  const expressions = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(target => target.expr),
  )
  const names = expressions.flatMap((text: string) => text.match(/\btocsin_[a-z_]+/g) ?? [])
  const files = ['src/http/http-metrics.ts', 'src/main/source-monitor.ts', 'src/main/work-metrics.ts']
  const source = files.map(read).join('\n')
  // And the other way round: what the program measures of models and the queue is shown.
  const registry = new Registry()
  registerWorkMetrics(registry, unasked, 'default', systemClock)
  const own = registry.getMetricsAsArray().map(metric => metric.name)
  expect(own).toHaveLength(6)
  expect(own.filter(name => !names.includes(name))).toEqual([])
  const missing = names.filter(
    (name: string) => !source.includes(`'${name.replace(/_(bucket|count|sum)$/, '')}'`),
  )
  expect(names.length).toBeGreaterThan(4)
  expect(missing).toEqual([])
})
