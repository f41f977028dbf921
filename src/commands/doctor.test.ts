import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startOpenIdProvider } from '../../test/support/openid-provider.ts'
import { startOtlpReceiver } from '../../test/support/otlp-receiver.ts'
import { databaseKinds, openTestDatabase } from '../../test/support/postgres.ts'
import { runCommand } from '../../test/support/run-command.ts'
import { startS3Server } from '../../test/support/s3-server.ts'
import { selfSigned } from '../../test/support/self-signed.ts'
import { startSyslogServer } from '../../test/support/syslog-server.ts'
import { standInUser, startWazuhServer } from '../../test/support/wazuh-server.ts'
import { addTenant } from '../store/tenants.ts'

interface Finding {
  readonly check: string
  readonly state: string
  readonly detail: string
  readonly hint?: string
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-doctor-'))
  vi.stubEnv('TOCSIN_DATA', join(folder, 'data'))
  vi.stubEnv('TOCSIN_ALERTS_FILE', join(folder, 'alerts.json'))
  vi.stubEnv('TOCSIN_PORT', '17499')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

async function doctor() {
  const { code, records: findings } = await runCommand<Finding>(['doctor', '--json'])
  return { code, findings, of: (check: string) => findings.find(finding => finding.check === check) }
}

describe('tocsin doctor', () => {
  it('leaves a fresh machine as it was', async () => {
    const { code, findings, of } = await doctor()
    expect(code).toBe(0)
    expect(of('database')).toMatchObject({ state: 'off', detail: expect.stringContaining('first start') })
    expect(existsSync(join(folder, 'data'))).toBe(false)
    // What scripts rely on: these checks, in this order, each with these members and no others.
    expect(findings.map(({ check }) => check)).toEqual(
      'node,settings,data folder,database,port,alerts file,indexer,wazuh api,wazuh,publishing,policy,models,files,checkpoints,telemetry,sign-in,exposure'.split(
        ',',
      ),
    )
    for (const finding of findings)
      expect(Object.keys(finding).filter(member => member !== 'hint')).toEqual(['check', 'state', 'detail'])
  })

  it('names the settings that are set, without their values, and those that are misspelt', async () => {
    expect((await doctor()).of('settings')).toEqual({
      check: 'settings',
      state: 'ok',
      detail: expect.stringMatching(/^set: TOCSIN_ALERTS_FILE, .*TOCSIN_DATA, .*TOCSIN_PORT/),
    })
    // Of somebody's models.yaml, and of Tocsin's start.
    vi.stubEnv('TOCSIN_HOUSE_MODEL', 'key')
    expect((await doctor()).of('settings')).toMatchObject({ state: 'ok' })
    for (const [name, meant] of [
      ['TOCSIN_INDEXER_ULR', 'TOCSIN_INDEXER_URL'],
      ['TOCSIN_INDXER_URL', 'TOCSIN_INDEXER_URL'],
      ['TOCSIN_PORTT', 'TOCSIN_PORT'],
      ['TOCSIN_DETA', 'TOCSIN_DATA'],
    ] as const) {
      vi.stubEnv(name, 'hunter2')
      const { code, findings, of } = await doctor()
      expect(of('settings')).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining(name),
        hint: expect.stringContaining(`${meant} `),
      })
      expect(code).toBe(0)
      expect(JSON.stringify(findings)).not.toContain('hunter2')
      vi.stubEnv(name, undefined)
    }
  })

  it('reads models and policy, finds a key that is missing, and calls nobody', async () => {
    const models = join(folder, 'models.yaml')
    vi.stubEnv('TOCSIN_MODELS', models)
    vi.stubEnv('DOCTOR_KEY', '')
    expect((await doctor()).of('models')).toMatchObject({ state: 'off' })
    writeFileSync(
      models,
      'models:\n  - {name: cloud, provider: openai, model: m, zone: public, key: {env: DOCTOR_KEY}}\n',
    )
    const missing = await doctor()
    expect(missing.code).toBe(1)
    expect(missing.of('models')).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('model key cloud'),
    })
    vi.stubEnv('DOCTOR_KEY', 'sk-hunter2secret')
    const there = await doctor()
    expect(there.of('models')).toMatchObject({ state: 'ok', detail: 'cloud: openai, zone public' })
    expect(JSON.stringify(there.findings)).not.toContain('hunter2secret')
    writeFileSync(models, 'models: 7\n')
    expect((await doctor()).of('models')).toMatchObject({ state: 'failed' })
    expect(there.of('policy')).toMatchObject({ state: 'ok' })
  })

  it('asks the object store for what is not there, and says what is wrong with the key', async () => {
    const server = await startS3Server({
      accessKeyId: 'AKID',
      secret: 'k',
      region: 'us-east-1',
      bucket: 'files',
    })
    try {
      vi.stubEnv('TOCSIN_FILES', `s3+${server.url}/files`)
      vi.stubEnv('TOCSIN_FILES_S3_KEY', 'AKID:k')
      expect((await doctor()).of('files')).toMatchObject({ state: 'ok' })
      expect(server.objects.size).toBe(0)
      vi.stubEnv('TOCSIN_FILES_S3_KEY', 'AKID:hunter2secret')
      const { code, findings, of } = await doctor()
      expect(code).toBe(1)
      expect(of('files')?.detail).toContain('SignatureDoesNotMatch')
      expect(JSON.stringify(findings)).not.toContain('hunter2secret')
    } finally {
      await server.close()
    }
  })

  it('asks a collector of telemetry with nothing in hand, and says what it answers', async () => {
    expect((await doctor()).of('telemetry')).toMatchObject({ state: 'off' })
    const collector = await startOtlpReceiver('Bearer hunter2secret')
    try {
      vi.stubEnv('TOCSIN_OTEL_URL', collector.url)
      const refused = await doctor()
      expect(refused.code).toBe(1)
      expect(refused.of('telemetry')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('/v1/traces: it answers 401'),
        hint: expect.stringContaining('_HEADERS'),
      })
      vi.stubEnv('TOCSIN_OTEL_HEADERS', 'authorization=Bearer hunter2secret')
      const taken = await doctor()
      expect(taken.of('telemetry')).toMatchObject({ state: 'ok' })
      expect([collector.spans, collector.metrics]).toEqual([[], []])
      expect(collector.bodies).toHaveLength(2)
      expect(JSON.stringify([refused.findings, taken.findings])).not.toContain('hunter2secret')
    } finally {
      await collector.close()
    }
    expect((await doctor()).of('telemetry')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/ECONNREFUSED|fetch failed/),
    })
  })

  it('finds whether each place for checkpoints would take one, and sends none', async () => {
    expect((await doctor()).of('checkpoints')).toMatchObject({ state: 'off' })
    const own = selfSigned('localhost')
    const [tcp, tls] = await Promise.all([startSyslogServer('tcp'), startSyslogServer('tls', own)])
    const store = await startS3Server({ accessKeyId: 'AKID', secret: 'k', region: 'us-east-1', bucket: 'b' })
    const authority = join(folder, 'ca.pem')
    writeFileSync(authority, own.certificatePem)
    const kept = pathToFileURL(join(folder, 'kept.ndjson')).href
    const places = {
      [kept]: ['warning', 'on the disk of the data folder'],
      [pathToFileURL(join(folder, 'nowhere', 'kept.ndjson')).href]: ['failed', 'ENOENT'],
      'syslog+udp://127.0.0.1:9': ['ok', 'nobody says over UDP'],
      'syslog+udp://no.such.host.invalid': ['failed', 'takes no checkpoint'],
      [`syslog+tcp://127.0.0.1:${tcp.port}`]: ['ok', 'takes connections'],
      'syslog+tcp://127.0.0.1:9': ['failed', 'ECONNREFUSED'],
      [`syslog+tls://localhost:${tls.port}`]: ['ok', 'takes connections'],
      [`syslog+tls://127.0.0.1:${tls.port}`]: ['failed', 'takes no checkpoint'],
      [`s3+${store.url}/b/ledger`]: ['ok', 'takes objects'],
      [`s3+${store.url}/another/ledger`]: ['failed', 'NoSuchBucket'],
    } as const
    vi.stubEnv('TOCSIN_CHECKPOINT_TO', Object.keys(places).join(','))
    vi.stubEnv('TOCSIN_CHECKPOINT_CA', authority)
    vi.stubEnv('TOCSIN_CHECKPOINT_S3_KEY', 'AKID:k')
    try {
      const { code, findings } = await doctor()
      const found = findings.filter(({ check }) => check === 'checkpoints')
      expect(code).toBe(1)
      expect(found.map(({ state }) => state)).toEqual(Object.values(places).map(([state]) => state))
      for (const [index, [, detail]] of Object.values(places).entries())
        expect(found[index]?.detail).toContain(detail)
      for (const { state, hint } of found)
        expect([state, hint !== undefined]).toEqual([state, state !== 'ok'])
      expect([...tcp.messages, ...tls.messages, ...store.objects.keys()]).toEqual([])
      expect(existsSync(join(folder, 'kept.ndjson'))).toBe(false)
      vi.stubEnv('TOCSIN_CHECKPOINT_S3_KEY', 'AKID:hunter2secret')
      const wrong = await doctor()
      expect(JSON.stringify(wrong.findings)).toContain('SignatureDoesNotMatch')
      expect(JSON.stringify(wrong.findings)).not.toContain('hunter2secret')
    } finally {
      await Promise.all([tcp.close(), tls.close(), store.close()])
    }
  })

  it('asks the sign-in provider who it is, whether it comes back here, and what time it has', async () => {
    expect((await doctor()).of('sign-in')).toMatchObject({ state: 'off' })
    const provider = await startOpenIdProvider()
    const file = join(folder, 'sign-in.yaml')
    const write = (issuer: string) =>
      writeFileSync(
        file,
        `provider:\n  name: SSO\n  issuer: ${issuer}\n  client: ${provider.client.id}\n  secret: { env: DOCTOR_SECRET }\n`,
      )
    write(provider.issuer)
    vi.stubEnv('TOCSIN_SIGN_IN', file)
    try {
      expect((await doctor()).of('sign-in')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('DOCTOR_SECRET'),
      })
      vi.stubEnv('DOCTOR_SECRET', 'hunter2secret')
      const fine = await doctor()
      expect(fine.of('sign-in')).toMatchObject({ state: 'ok' })
      expect(fine.of('redirect')).toMatchObject({
        state: 'ok',
        detail: expect.stringContaining('http://localhost:17499/api/sign-in/provider/callback'),
      })
      expect(fine.of('clock')).toMatchObject({ state: 'ok' })
      expect(JSON.stringify(fine.findings)).not.toContain('hunter2secret')

      vi.stubEnv('TOCSIN_PUBLIC_URL', 'https://tocsin.example')
      const elsewhere = await doctor()
      expect(elsewhere.of('redirect')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining(
          'https://tocsin.example/api/sign-in/provider/callback: it answers 400',
        ),
        hint: expect.stringContaining('Register'),
      })
      expect(provider.refusals).toEqual(['redirect address is not registered'])
      vi.stubEnv('TOCSIN_PUBLIC_URL', '')
      vi.stubEnv('TOCSIN_HOST', '0.0.0.0')
      expect((await doctor()).of('redirect')).toMatchObject({ state: 'warning' })
      provider.setClock(-400_000)
      expect((await doctor()).of('clock')).toMatchObject({
        state: 'failed',
        detail: expect.stringMatching(/\b(399|400|401) s ahead of the sign-in provider/),
      })
      write(`${provider.issuer}/realm`)
      expect((await doctor()).of('sign-in')).toMatchObject({ state: 'failed' })
    } finally {
      await provider.close()
    }
    write(provider.issuer)
    expect((await doctor()).of('sign-in')).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('issuer'),
    })
  })

  it('is sent nowhere in our own network by a sign-in provider that plays foul', async () => {
    const asked: string[] = []
    const inside = createServer((request, reply) => {
      asked.push(request.url ?? '')
      reply.end()
    })
    inside.listen(0, '127.0.0.1')
    await once(inside, 'listening')
    const portOf = (server: Server) => (server.address() as AddressInfo).port
    let issuer = ''
    const foul = createServer((_, reply) =>
      reply.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `http://127.0.0.1:${portOf(inside)}/shutdown`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        }),
      ),
    )
    foul.listen(0, '127.0.0.1')
    await once(foul, 'listening')
    issuer = `http://127.0.0.1:${portOf(foul)}`
    const write = (more = '') =>
      writeFileSync(
        join(folder, 'sign-in.yaml'),
        `provider:\n  name: SSO\n  issuer: ${issuer}\n  client: c\n  secret: { env: DOCTOR_SECRET }\n${more}`,
      )
    vi.stubEnv('TOCSIN_SIGN_IN', join(folder, 'sign-in.yaml'))
    vi.stubEnv('DOCTOR_SECRET', 'hunter2secret')
    try {
      write()
      expect((await doctor()).of('redirect')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('only public is allowed'),
      })
      expect(asked).toEqual([])
      write(`  hosts: ['127.0.0.1:${portOf(inside)}']\n`)
      expect((await doctor()).of('redirect')).toMatchObject({ state: 'ok' })
      expect(asked).toHaveLength(1)
    } finally {
      inside.close()
      foul.close()
    }
  })

  it('says which Wazuh was found, and by what', async () => {
    const server = await startWazuhServer()
    vi.stubEnv('TOCSIN_WAZUH_API_URL', server.url)
    vi.stubEnv('TOCSIN_WAZUH_API_USER', standInUser.username)
    vi.stubEnv('TOCSIN_WAZUH_API_PASSWORD', standInUser.password)
    try {
      expect((await doctor()).of('wazuh')).toMatchObject({
        state: 'ok',
        detail: 'Wazuh 4: the server API is 4.14.7',
      })
      server.version = '6.1.0'
      expect((await doctor()).of('wazuh')).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining('6.1.0'),
        hint: expect.stringContaining('TOCSIN_WAZUH_GENERATION'),
      })
      vi.stubEnv('TOCSIN_WAZUH_GENERATION', '5')
      expect((await doctor()).of('wazuh')).toMatchObject({
        state: 'ok',
        detail: expect.stringMatching(/^Wazuh 5/),
      })
    } finally {
      await server.close()
    }
  })

  it('warns of a console that others reach without TLS', async () => {
    vi.stubEnv('TOCSIN_HOST', '0.0.0.0')
    expect((await doctor()).of('exposure')).toMatchObject({ state: 'warning' })
    vi.stubEnv('TOCSIN_PUBLIC_URL', 'https://tocsin.example')
    expect((await doctor()).of('exposure')).toMatchObject({ state: 'ok' })
  })

  it('tells Tocsin on its port from another program there', async () => {
    const answers = { body: '{"status":"ok","checks":{"worker":"ok"}}' }
    const server = createServer((_request, response) => response.end(answers.body))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    vi.stubEnv('TOCSIN_PORT', String((server.address() as AddressInfo).port))
    try {
      expect((await doctor()).of('port')).toMatchObject({
        state: 'ok',
        detail: expect.stringContaining('Tocsin answers'),
      })
      answers.body = '<html>'
      expect((await doctor()).of('port')).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining('TOCSIN_PORT sets another port'),
      })
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('fails a data folder that is a file', async () => {
    const file = join(folder, 'not-a-folder')
    writeFileSync(file, '')
    vi.stubEnv('TOCSIN_DATA', file)
    const { code, of } = await doctor()
    expect(code).toBe(1)
    expect(of('data folder')).toMatchObject({ state: 'failed', detail: expect.stringContaining('is a file') })
  })

  it('says that a database server does not answer, and gives no secret away', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://tocsin:hunter2secret@127.0.0.1:9/tocsin')
    const { code, findings, of } = await doctor()
    expect(code).toBe(1)
    expect(of('database')).toMatchObject({ state: 'failed', hint: expect.stringContaining('DATABASE_URL') })
    expect(JSON.stringify(findings)).not.toContain('hunter2secret')
  })

  it.runIf(databaseKinds.includes('server'))(
    'counts what is stored, and does not touch an old schema',
    async () => {
      const test = await openTestDatabase('server')
      try {
        const { host, port, user, password, database } = test.connection
        const at = new URL('postgres://localhost')
        at.username = user ?? ''
        at.password = String(password ?? '')
        at.pathname = database ?? ''
        at.searchParams.set('host', host ?? '')
        at.searchParams.set('port', String(port ?? 5432))
        vi.stubEnv('DATABASE_URL', at.href)
        expect((await doctor()).of('database')).toMatchObject({
          state: 'ok',
          detail: expect.stringContaining('0 alerts, 0 cases'),
        })
        const alone = await doctor()
        expect(alone.of('clock')).toMatchObject({ state: 'ok' })
        expect(alone.of('tenant')).toMatchObject({ state: 'off' })
        await test.database.transaction(sql =>
          addTenant(sql, { id: 'acme', name: 'Acme', password: 'hunter2secret' }, 0),
        )
        expect((await doctor()).of('tenant')).toMatchObject({ state: 'warning' })
        const owner = at.href
        at.username = 'tocsin-postgres-acme'
        vi.stubEnv('DATABASE_URL', at.href)
        vi.stubEnv('TOCSIN_TENANT', 'acme')
        expect((await doctor()).of('tenant')).toMatchObject({
          state: 'ok',
          detail: expect.stringContaining('acme and no others'),
        })
        vi.stubEnv('TOCSIN_TENANT', 'globex')
        expect((await doctor()).of('tenant')).toMatchObject({
          state: 'failed',
          hint: expect.stringContaining('tenant password globex'),
        })
        vi.stubEnv('TOCSIN_TENANT', '')
        vi.stubEnv('DATABASE_URL', owner)
        await test.database.query('delete from migrations')
        expect((await doctor()).of('database')).toMatchObject({
          state: 'warning',
          hint: expect.stringContaining('backup'),
        })
        expect(await test.database.query('select from migrations')).toHaveLength(0)
      } finally {
        await test.close()
      }
    },
  )
})
