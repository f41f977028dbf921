import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { commandNames } from '../src/cli.ts'
import { settingNames } from '../src/config/settings.ts'

// None of this can be run here, but a misspelt setting or metric can be found.
const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
/** Read by bin/prepare.js, which runs before there are settings. */
const known = [...settingNames, 'TOCSIN_SKIP_INSTALL']
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
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
})

describe('the compose file', () => {
  const { services } = z
    .object({ services: z.record(z.string(), service) })
    .parse(parse(read('deploy/container/compose.yaml'), { merge: true }))

  it('runs serve and worker confined, and publishes to this machine only', () => {
    for (const name of ['serve', 'worker'])
      expect(services[name]).toMatchObject({ command: [name], read_only: true, cap_drop: ['ALL'] })
    const ports = Object.values(services).flatMap(each => each.ports ?? [])
    expect(ports.filter(port => !port.startsWith('127.0.0.1:'))).toEqual([])
  })
})

describe('the container file', () => {
  it('ends as another user than root', () => {
    const user = read('deploy/container/Containerfile').match(/^USER (.*)$/m)?.[1]
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })
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

it('every metric of the dashboard is one that the program has', () => {
  const dashboard = JSON.parse(read('deploy/grafana/tocsin.json'))
  const expressions = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(target => target.expr),
  )
  const names = expressions.flatMap((text: string) => text.match(/\btocsin_[a-z_]+/g) ?? [])
  const files = ['src/http/http-metrics.ts', 'src/main/source-monitor.ts', 'src/main/work-metrics.ts']
  const source = files.map(read).join('\n')
  // And the other way round: what the program measures of models and the queue is shown.
  const own = [...read('src/main/work-metrics.ts').matchAll(/name: '(tocsin_\w+)'/g)].map(match => match[1])
  expect(own).toHaveLength(5)
  expect(own.filter(name => !names.includes(name))).toEqual([])
  const missing = names.filter(
    (name: string) => !source.includes(`'${name.replace(/_(bucket|count|sum)$/, '')}'`),
  )
  expect(names.length).toBeGreaterThan(4)
  expect(missing).toEqual([])
})
