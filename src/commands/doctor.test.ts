import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { databaseKinds, openTestDatabase } from '../../test/support/postgres.ts'
import { startS3Server } from '../../test/support/s3-server.ts'
import { runCli } from '../cli.ts'

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
  let stdout = ''
  const code = await runCli(['doctor', '--json'], {
    stdin: Readable.from([]),
    stdout: text => {
      stdout += text
    },
    stderr: () => {},
    signal: new AbortController().signal,
  })
  const findings = stdout
    .trim()
    .split('\n')
    .map((line): Finding => JSON.parse(line))
  return { code, findings, of: (check: string) => findings.find(finding => finding.check === check) }
}

describe('tocsin doctor', () => {
  it('leaves a fresh machine as it was', async () => {
    const { code, of } = await doctor()
    expect(code).toBe(0)
    expect(of('database')).toMatchObject({ state: 'off', detail: expect.stringContaining('first start') })
    expect(existsSync(join(folder, 'data'))).toBe(false)
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

  it('warns of a console that others reach without TLS', async () => {
    vi.stubEnv('TOCSIN_HOST', '0.0.0.0')
    expect((await doctor()).of('exposure')).toMatchObject({ state: 'warning' })
    vi.stubEnv('TOCSIN_PUBLIC_URL', 'https://tocsin.example')
    expect((await doctor()).of('exposure')).toMatchObject({ state: 'ok' })
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
