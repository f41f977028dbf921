import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { databaseKinds, openTestDatabase } from '../../test/support/postgres.ts'
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
