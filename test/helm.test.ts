import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { commandNames } from '../src/cli.ts'
import { settingNames, settings } from '../src/config/settings.ts'
import { Secret } from '../src/lib/secret.ts'
import { goProgram } from './support/go-program.ts'
import { pythonTool } from './support/python-tool.ts'

// The chart: its settings and programs are held against the source; helm lints and renders it; what it renders is held
// against the schemas of Kubernetes.
const folder = resolve(import.meta.dirname, '..', 'deploy', 'helm', 'tocsin')
const files = (readdirSync(folder, { recursive: true }) as string[]).filter(name =>
  /\.(yaml|tpl|json|txt)$/.test(name),
)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const helmProgram = await goProgram(
  { path: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0', name: 'helm' },
  'the chart is neither linted nor rendered',
)
const kubernetes = pythonTool(
  { name: 'kubernetes-validate', version: '1.37.0', program: 'kubernetes-validate' },
  'the chart is not held against the schemas of Kubernetes',
)
const helm = (args: readonly string[]) => spawnSync(helmProgram ?? 'helm', args, { encoding: 'utf8' })
const render = (version: string, ...sets: string[]) =>
  helm(['template', 'demo', folder, '--kube-version', version, ...sets.flatMap(set => ['--set', set])])

/** Every part of the chart that is off by default, and every value that pods take. */
const everything = [
  'ingress.enabled=true',
  'ingress.host=t.example',
  'ingress.tlsSecret=tls',
  'ingress.className=nginx',
  'ingress.annotations.a/b=c',
  'settings.TOCSIN_PUBLIC_URL=https://t.example',
  'files.models\\.yaml=models: []',
  'nodeSelector.disk=ssd',
  'tolerations[0].key=soc,tolerations[0].operator=Exists',
  'imagePullSecrets[0].name=pull',
  'podAnnotations.a/b=c',
  `image.digest=sha256:${'a'.repeat(64)}`,
  'networkPolicy.from[0].namespaceSelector.matchLabels.name=ingress',
  'networkPolicy.egress[0].to[0].ipBlock.cidr=10.0.0.0/8',
]

it('names only settings and programs that there are', () => {
  const text = files.map(read).join('\n')
  const named = new Set(
    [...text.matchAll(/\b(TOCSIN_[A-Z0-9_]*[A-Z0-9]|DATABASE_URL)\b/g)].map(match => match[0]),
  )
  expect(named.size).toBeGreaterThan(8)
  expect([...named].filter(name => !settingNames.includes(name))).toEqual([])
  for (const program of ['serve', 'worker']) expect(commandNames).toContain(program)
})

it('has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '..', 'package.json'), 'utf8'))
  expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version })
})

it('takes no secret among its values: they would be in a ConfigMap', () => {
  const secrets = Object.entries(settings.shape).flatMap(([name, type]) =>
    type.safeParse('https://a.example').data instanceof Secret ? [name] : [],
  )
  expect(secrets).toContain('TOCSIN_MASTER_KEY')
  const { properties } = JSON.parse(read('values.schema.json'))
  const refused = properties.settings.propertyNames.not.enum
  // DATABASE_URL has no TOCSIN_ before it, which is refused by itself.
  expect([...refused, 'DATABASE_URL'].sort()).toEqual(secrets.sort())
})

const probe = z.looseObject({ httpGet: z.looseObject({ path: z.enum(['/healthz', '/readyz']) }) })
const container = z.looseObject({
  args: z.tuple([z.enum(['serve', 'worker'])]),
  envFrom: z.tuple([
    z.strictObject({ configMapRef: z.strictObject({ name: z.literal('demo-tocsin-settings') }) }),
  ]),
  env: z.undefined().optional(),
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
        enableServiceLinks: z.literal(false),
        securityContext: z.looseObject({
          runAsNonRoot: z.literal(true),
          runAsUser: z.literal(7411),
          seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
        }),
        containers: z.array(container).length(1),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
})

describe.skipIf(helmProgram === undefined)('rendered', () => {
  it('is without a complaint of the linter', () => {
    const { status, stdout, stderr } = helm(['lint', '--strict', folder])
    expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' })
  })

  it('runs each program confined, in pods that find their own service and budget', () => {
    const { stdout } = render('1.31.0', ...everything)
    const objects = parseAllDocuments(stdout).flatMap(document => document.toJS() ?? [])
    const kinds = objects.map(each => each.kind).sort()
    expect(kinds).toEqual([
      'ConfigMap',
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
    for (const each of deployments) {
      const { volumes, containers } = deployment.parse(each).spec.template.spec
      // What is secret is named, comes from a Secret that the chart did not make, and is in no environment.
      expect(volumes.find(({ name }) => name === 'secrets')).toEqual({
        name: 'secrets',
        secret: { secretName: 'tocsin', defaultMode: 0o440 },
      })
      expect(containers[0]?.volumeMounts).toContainEqual({
        name: 'secrets',
        mountPath: objects.find(({ metadata }) => metadata.name === 'demo-tocsin-settings').data
          .TOCSIN_SECRETS,
        readOnly: true,
      })
      for (const name of ['data', 'tmp'])
        expect(volumes.find(volume => volume.name === name)).toMatchObject({
          emptyDir: { sizeLimit: expect.stringMatching(/Gi$/) },
        })
    }
    const service = objects.find(each => each.kind === 'Service')
    const served = deployments.filter(each =>
      Object.entries(service.spec.selector).every(
        ([name, value]) => each.spec.template.metadata.labels[name] === value,
      ),
    )
    expect(served.map(each => each.metadata.name)).toEqual(['demo-tocsin-serve'])
    const [pod] = served.map(each => each.spec.template.spec.containers[0])
    z.object({ startupProbe: probe, livenessProbe: probe, readinessProbe: probe }).parse(pod)
    // A worker that hangs is started anew, too; nothing is sent to it by the service.
    const [worker] = deployments
      .filter(each => each.metadata.name === 'demo-tocsin-worker')
      .map(each => each.spec.template.spec.containers[0])
    z.object({ startupProbe: probe, livenessProbe: probe, readinessProbe: z.undefined().optional() }).parse(
      worker,
    )
    const given = objects.find(each => each.metadata.name === 'demo-tocsin-settings').data
    expect(worker.ports).toEqual([{ name: 'health', containerPort: Number(given.TOCSIN_WORKER_PORT) }])
    expect(worker.livenessProbe.httpGet.port).toBe('health')
    // Requests that come while the pod is taken out of the service are answered.
    expect(pod.lifecycle.preStop.exec.command).toContain('node')
    expect(objects.find(each => each.kind === 'PodDisruptionBudget').spec.maxUnavailable).toBe(1)
  })

  it('lets pods out, but not to what hands out the rights of a cloud machine', () => {
    const objects = parseAllDocuments(render('1.31.0').stdout).flatMap(document => document.toJS() ?? [])
    const { spec } = objects.find(each => each.kind === 'NetworkPolicy')
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress'])
    expect(spec.ingress).toEqual([{ ports: [{ port: 'http' }] }])
    const out = spec.egress[0].to.map((each: { ipBlock: unknown }) => each.ipBlock)
    expect(out).toContainEqual({ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] })
    const told = parseAllDocuments(render('1.31.0', ...everything).stdout)
      .flatMap(document => document.toJS() ?? [])
      .find(each => each.kind === 'NetworkPolicy').spec
    expect(told.ingress).toEqual([
      { ports: [{ port: 'http' }], from: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }] },
    ])
    expect(told.egress).toEqual([{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }])
  })

  it.each([
    ['a setting that is none of ours', ['settings.PATH=/tmp']],
    ['a secret that would be in a ConfigMap', ['settings.TOCSIN_INDEXER_PASSWORD=x']],
    ['a value that it does not have', ['replicas=3']],
    ['a way in without TLS', ['ingress.enabled=true', 'ingress.host=t.example']],
    ['a digest that is none', ['image.digest=latest']],
    ['a size that is none', ['storage.data=much']],
  ])('refuses %s', (_what, sets) => expect(render('1.31.0', ...sets).status).not.toBe(0))
})

const place = mkdtempSync(join(tmpdir(), 'tocsin-chart-'))
afterAll(() => rmSync(place, { recursive: true }))

// The oldest Kubernetes that Chart.yaml admits, and one of this year.
describe.skipIf(helmProgram === undefined || kubernetes === undefined).each(['1.25', '1.37'])(
  'by the schemas of Kubernetes %s',
  version => {
    const judge = (manifest: string) => {
      const file = join(place, 'manifest.yaml')
      writeFileSync(file, manifest)
      const { status, stdout, stderr } = spawnSync(kubernetes ?? '', ['-k', version, '--strict', file], {
        encoding: 'utf8',
      })
      return { status, said: stdout + stderr }
    }

    it.each([
      ['as it comes', []],
      ['with everything', everything],
      ['with the least', ['networkPolicy.enabled=false', 'serve.replicas=1', 'worker.replicas=1']],
    ])('each object is valid: %s', (_what, sets) => {
      const { stdout, stderr } = render(`${version}.0`, ...sets)
      expect(stderr).toBe('')
      const { status, said } = judge(stdout)
      expect(status, said).toBe(0)
    })

    it('and one with a field that there is not is refused', () => {
      const { stdout } = render(`${version}.0`)
      const wrong = stdout.replace('readOnlyRootFilesystem: true', 'readOnlyRoot: true')
      expect(wrong).not.toBe(stdout)
      expect(judge(wrong).status).not.toBe(0)
    })
  },
)
