import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { commandNames } from '../src/cli.ts'
import { settingNames } from '../src/config/settings.ts'

// The chart: its settings and programs are held against the source; where helm is on this machine it is linted and rendered.
const folder = resolve(import.meta.dirname, '..', 'deploy', 'helm', 'tocsin')
const files = (readdirSync(folder, { recursive: true }) as string[]).filter(name =>
  /\.(yaml|tpl|json|txt)$/.test(name),
)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const helm = (args: readonly string[]) => spawnSync('helm', args, { encoding: 'utf8' })
const hasHelm = helm(['version']).status === 0

it('names only settings and programs that there are', () => {
  const text = files.map(read).join('\n')
  const named = new Set(
    [...text.matchAll(/\b(TOCSIN_[A-Z0-9_]*[A-Z0-9]|DATABASE_URL)\b/g)].map(match => match[0]),
  )
  expect(named.size).toBeGreaterThan(8)
  expect([...named].filter(name => !settingNames.includes(name))).toEqual([])
  for (const program of ['serve', 'worker']) expect(commandNames).toContain(program)
})

it('has the version of the package, and no secret in its values', () => {
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '..', 'package.json'), 'utf8'))
  expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version })
  const { settings } = parse(read('values.yaml'))
  expect(Object.keys(settings).filter(name => /KEY|SECRET|PASSWORD|TOKEN|DATABASE_URL/.test(name))).toEqual(
    [],
  )
})

const container = z.looseObject({
  securityContext: z.looseObject({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
})
const deployment = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        automountServiceAccountToken: z.literal(false),
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.literal(7411) }),
        containers: z.array(container).length(1),
      }),
    }),
  }),
})

if (!hasHelm) console.error('SKIPPED: no helm here; the chart is neither linted nor rendered')

describe.skipIf(!hasHelm)('rendered', () => {
  const render = (...sets: string[]) =>
    helm(['template', 'demo', folder, '--kube-version', '1.31.0', ...sets.flatMap(set => ['--set', set])])

  it('is without a complaint of the linter', () => {
    const { status, stdout, stderr } = helm(['lint', '--strict', folder])
    expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' })
  })

  it('runs each program confined, in pods that find their own service and budget', () => {
    const { stdout } = render('ingress.enabled=true', 'ingress.host=t.example', 'ingress.tlsSecret=tls')
    const objects = parseAllDocuments(stdout).flatMap(document => document.toJS() ?? [])
    const kinds = objects.map(each => each.kind).sort()
    expect(kinds).toEqual([
      'ConfigMap',
      'Deployment',
      'Deployment',
      'Ingress',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PodDisruptionBudget',
      'Service',
    ])
    const deployments = objects.filter(each => each.kind === 'Deployment')
    for (const each of deployments) deployment.parse(each)
    const service = objects.find(each => each.kind === 'Service')
    const served = deployments.filter(each =>
      Object.entries(service.spec.selector).every(
        ([name, value]) => each.spec.template.metadata.labels[name] === value,
      ),
    )
    expect(served.map(each => each.metadata.name)).toEqual(['demo-tocsin-serve'])
  })

  it.each([
    ['a setting that is none of ours', ['settings.PATH=/tmp']],
    ['a value that it does not have', ['replicas=3']],
    ['a way in without TLS', ['ingress.enabled=true', 'ingress.host=t.example']],
    ['a digest that is none', ['image.digest=latest']],
  ])('refuses %s', (_what, sets) => expect(render(...sets).status).not.toBe(0))
})
