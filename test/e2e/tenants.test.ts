import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { connectDatabase, type OpenDatabase } from '../../src/store/connect.ts'
import { until } from '../faults/installation.ts'
import { freePort } from '../support/free-port.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { startTocsin, type TocsinProcess } from '../support/tocsin-process.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// Two tenants as an MSSP runs them: made on the command line, each with its own programs on one PostgreSQL server. The
// admin of one tries every endpoint that takes an id with the ids of the other.

interface Running {
  readonly tenant: string
  readonly url: string
  readonly program: TocsinProcess
  call(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }>
}

describe.skipIf(!databaseKinds.includes('server'))('tenants over the HTTP API', () => {
  let folder: string
  let server: PostgresServer
  let owner: OpenDatabase
  let acme: Running
  let globex: Running
  let house: Running
  const urls = new Map<string, string>()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-tenants-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    server = await startPostgresServer(mkdtempSync(join(folder, 'db-')), { maxConnections: 120 })
    owner = connectDatabase({ connection: server.connection, maxConnections: 2, onIdleError: () => {} })
    for (const tenant of ['acme', 'globex']) urls.set(tenant, add(tenant))
    urls.set('house', add('house', '--operator'))
    tocsin('tenant', 'change', 'acme', '--console', 'https://acme.example')
    ;[acme, globex, house] = await Promise.all([start('acme'), start('globex'), start('house')])
    for (const each of [acme, globex]) await takeIn(each)
  })

  afterAll(async () => {
    await Promise.all([acme, globex, house].map(each => each?.program.end('SIGTERM')))
    await owner?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A command as the owner of the database runs it. */
  function tocsin(...args: string[]): string {
    const cli = join(import.meta.dirname, '..', '..', 'src', 'run-cli.ts')
    const done = spawnSync(process.execPath, ['--no-warnings', cli, ...args], {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: server.url, TOCSIN_DATA: join(folder, 'owner') },
    })
    if (done.status !== 0) throw new Error(done.stderr)
    return done.stdout
  }

  /** Runs `tocsin tenant add` and returns the address that it printed. */
  const add = (tenant: string, ...more: string[]): string =>
    JSON.parse(tocsin('tenant', 'add', tenant, '--json', ...more)).database_url

  async function start(tenant: string): Promise<Running> {
    const port = await freePort()
    const program = startTocsin(['up'], {
      DATABASE_URL: urls.get(tenant) ?? '',
      TOCSIN_TENANT: tenant,
      TOCSIN_DATA: join(folder, tenant),
      TOCSIN_PORT: String(port),
    })
    const url = `http://127.0.0.1:${port}`
    const [, password] = await program.seen(/one-time password (\S+)/)
    await program.seen(/ready on/)
    const headers: Record<string, string> = {}
    const call: Running['call'] = async (method, path, body) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(300_000),
      })
      const [cookie] = answer.headers.getSetCookie()
      if (cookie !== undefined) headers.cookie = cookie.split(';')[0] ?? ''
      return { status: answer.status, text: await answer.text() }
    }
    const signedIn = await call('POST', '/api/session', { username: 'admin', password })
    headers['x-csrf-token'] = JSON.parse(signedIn.text).session.csrfToken
    const next = `a password of ${tenant}`
    const changed = await call('POST', '/api/session/password', { current: password, next })
    if (changed.status !== 200) throw new Error(changed.text)
    return { tenant, url, program, call }
  }

  /** Alerts by webhook, until the worker has briefed their case. */
  async function takeIn({ tenant, url, call, program }: Running): Promise<void> {
    const made = await call('POST', '/api/tokens', { name: 'test', scopes: ['ingest'], expiresInDays: null })
    const { secret } = JSON.parse(made.text)
    const answer = await fetch(`${url}/api/webhook`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-ndjson' },
      body: wazuhLine({
        host: `secret-host-of-${tenant}`,
        rule: ['5712', 10, 'sshd: brute force trying to get access', ['sshd']],
        data: { srcip: '203.0.113.7', srcuser: `secret-user-of-${tenant}` },
        log: `Failed password for secret-user-of-${tenant}`,
      }),
    })
    expect(await answer.json()).toMatchObject({ stored: 1 })
    await until(
      async () => Boolean(JSON.parse((await call('GET', '/api/cases')).text).cases?.[0]?.headline),
      program.output,
    )
  }

  /** Ids of everything that the other tenant has, by table. */
  async function idsOf(tenant: string): Promise<string[]> {
    const tables = await owner.query<{ table: string }>(
      `select c.relname as table from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
         and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
         and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'id')`,
    )
    const ids: string[] = []
    for (const { table } of tables) {
      const sql = `select id::text as id from "${table}" where tenant_id = $1 limit 1`
      for (const row of await owner.query<{ id: string }>(sql, [tenant])) ids.push(row.id)
    }
    return [...new Set(ids)]
  }

  it('each sees its own case, briefed by its own worker, and nothing of the other', async () => {
    for (const [mine, theirs] of [
      [acme, globex],
      [globex, acme],
    ] as const) {
      const { text } = await mine.call('GET', '/api/cases')
      expect(text).toContain(`secret-host-of-${mine.tenant}`)
      expect(text).not.toContain(theirs.tenant)
      for (const path of [
        '/api/users',
        '/api/audit',
        '/api/ledger',
        '/api/tokens',
        '/api/jobs/set-aside',
        '/api/settings',
      ]) {
        const answer = await mine.call('GET', path)
        expect([path, answer.status]).toEqual([path, 200])
        expect(answer.text).not.toContain(`of-${theirs.tenant}`)
      }
      expect(JSON.parse((await mine.call('GET', '/api/users')).text).users).toHaveLength(1)
    }
  })

  it('no endpoint that takes an id gives, changes or deletes anything of the other', async () => {
    const ids = await idsOf('globex')
    expect(ids.length).toBeGreaterThan(5)
    const state = () =>
      owner.query(`select 'case' as what, to_jsonb(c) - 'updated_ms' as row from cases c where tenant_id = 'globex'
        union all select 'user', to_jsonb(u) from users u where tenant_id = 'globex'
        union all select 'token', to_jsonb(t) from api_tokens t where tenant_id = 'globex'
        union all select 'alert', to_jsonb(a) from alerts a where tenant_id = 'globex' order by 1`)
    const before = await state()
    const endpoints = (await wholeContract()).filter(endpoint => endpoint.path.includes('/:'))
    const calls = endpoints.flatMap(({ method, path }) =>
      ids.map(id => ({ method, path: path.replace(/:\w+/g, encodeURIComponent(id)) })),
    )
    const tried = calls.length
    const one = async ({ method, path }: { method: string; path: string }) => {
      const answer = await acme.call(method, path, method === 'GET' ? undefined : {})
      expect([method, path, answer.text]).toEqual([method, path, expect.not.stringContaining('of-globex')])
      expect([method, path, answer.status < 500]).toEqual([method, path, true])
    }
    const worker = async () => {
      for (let call = calls.shift(); call !== undefined; call = calls.shift()) await one(call)
    }
    await Promise.all(Array.from({ length: 6 }, worker))
    expect(tried).toBeGreaterThan(200)
    expect(await state()).toEqual(before)
  })

  it('a session, or a token, of one opens nothing at the other', async () => {
    const made = await acme.call('POST', '/api/tokens', {
      name: 'read',
      scopes: ['read'],
      expiresInDays: null,
    })
    const { secret } = JSON.parse(made.text)
    const at = async (url: string) =>
      (await fetch(`${url}/api/cases`, { headers: { authorization: `Bearer ${secret}` } })).status
    expect(await at(acme.url)).toBe(200)
    expect(await at(globex.url)).toBe(401)
  })

  it('the operator sees numbers of each and nothing else; a tenant has no such page', async () => {
    for (const tenant of [acme, globex]) {
      const answer = await tenant.call('GET', '/api/tenants')
      expect(answer.status).toBe(404)
      expect(answer.text).not.toMatch(/globex|acme|house/)
      expect(JSON.parse((await tenant.call('GET', '/api/session')).text).servesTenants).toBe(false)
    }
    expect(JSON.parse((await house.call('GET', '/api/session')).text).servesTenants).toBe(true)
    const { status, text } = await house.call('GET', '/api/tenants')
    expect(status).toBe(200)
    expect(text).not.toMatch(/secret-|sshd|203\.0\.113/)
    expect(JSON.parse(text).tenants).toMatchObject([
      { id: 'acme', own: false, consoleUrl: 'https://acme.example/', open: { medium: 1 }, unbriefed: 0 },
      { id: 'globex', own: false, consoleUrl: null, open: { medium: 1 } },
      { id: 'house', own: true, open: { critical: 0, high: 0, medium: 0, low: 0 } },
    ])
    // The counts are all: the operator's own console knows none of their cases.
    expect(JSON.parse((await house.call('GET', '/api/cases')).text).cases).toEqual([])
    const viewer = await house.call('POST', '/api/tokens', {
      name: 'read',
      scopes: ['read'],
      expiresInDays: null,
    })
    const token = { authorization: `Bearer ${JSON.parse(viewer.text).secret}` }
    expect((await fetch(`${house.url}/api/tenants`, { headers: token })).status).toBe(403)
    const lines = tocsin('tenant', 'list', '--json').trim().split('\n')
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { id: 'acme', medium: 1, setAside: 0 },
      { id: 'globex', medium: 1 },
      { id: 'house', operator: true },
    ])
  })

  it('whoever locks what all share, with the role of one, loses it to the others’ own programs', async () => {
    const attacker = connectDatabase({
      connection: { connectionString: urls.get('acme') },
      maxConnections: 1,
      onIdleError: () => {},
    })
    try {
      const locked = Promise.withResolvers<void>()
      const stays = Promise.withResolvers<void>()
      const holding = attacker
        .transaction(async sql => {
          await sql.query('lock table cases, alerts, users, sessions in access exclusive mode')
          locked.resolve()
          await stays.promise
          await sql.query('select 1')
        })
        .catch(error => String(error))
      await locked.promise
      await until(
        async () => (await globex.call('GET', '/api/cases').catch(() => ({ status: 0 }))).status === 200,
        globex.program.output,
      )
      stays.resolve()
      expect(await holding).toMatch(/terminat|ECONNRESET|connection error/)
      await expect
        .poll(() => JSON.parse(tocsin('tenant', 'list', '--json').split('\n')[0] ?? ''))
        .toMatchObject({ id: 'acme', holdUps: 1, suspendedMs: null })
      expect((await acme.call('GET', '/api/cases')).status).toBe(200)
    } finally {
      await attacker.close()
    }
  })

  it('no program starts without a tenant, nor as one that its database role is not', async () => {
    const data = { TOCSIN_DATA: join(folder, 'owner'), TOCSIN_PORT: '0' }
    for (const [settings, says] of [
      [{ DATABASE_URL: server.url }, 'this database has tenants'],
      [{ DATABASE_URL: server.url, TOCSIN_TENANT: 'acme' }, 'does not sign in as tenant'],
      [{ DATABASE_URL: urls.get('globex') ?? '', TOCSIN_TENANT: 'acme' }, 'does not sign in as tenant'],
    ] as const) {
      const program = startTocsin(['worker'], { ...data, ...settings })
      await program.seen(new RegExp(says))
      await expect.poll(() => program.child.exitCode).toBe(1)
    }
  })
})

async function wholeContract(): Promise<Endpoint[]> {
  const http = join(import.meta.dirname, '..', '..', 'src', 'http')
  const files = readdirSync(http).filter(name => /^contract(-[\w-]+)?\.ts$/.test(name))
  const modules = await Promise.all(files.map(name => import(/* @vite-ignore */ join(http, name))))
  return modules.flatMap(module =>
    Object.entries<Record<string, Endpoint>>(module)
      .filter(([name]) => name.endsWith('Endpoints'))
      .flatMap(([, group]) => Object.values(group)),
  )
}
