import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiPerson, apiPerson, until } from '../support/api-person.ts'
import { freePort } from '../support/free-port.ts'
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { startTocsin, type TocsinProcess } from '../support/tocsin-process.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// Each size of installation as a newcomer comes to it: `tocsin init`, the lines of its file filled in, read by a shell,
// `tocsin doctor`, the programs, a sign-in, an alert, its brief.

const cli = join(import.meta.dirname, '..', '..', 'src', 'run-cli.ts')
let folder: string
const running: TocsinProcess[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-profiles-'))
  chmodSync(folder, 0o755) // As root, PostgreSQL runs under another account and must get in.
})
afterAll(async () => {
  await Promise.all(running.map(program => program.end('SIGTERM')))
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command with these settings and no others; not waiting for it, since it may call stand-ins of this process. */
async function tocsin(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--no-warnings', cli, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>(resolve => child.once('close', resolve)),
  ])
  return { code, stdout, stderr }
}

/** `tocsin init`, then what a person fills in. A line that the file does not have cannot be filled in. */
async function setUp(
  name: string,
  flags: readonly string[],
  values: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const file = join(folder, `${name}.env`)
  const made = await tocsin(['init', '--out', file, '--profile', name, ...flags], {
    TOCSIN_DATA: join(folder, name),
  })
  expect([made.code, made.stderr]).toEqual([0, ''])
  expect(made.stdout).toContain('tocsin doctor')
  let lines = readFileSync(file, 'utf8')
  for (const [setting, value] of Object.entries(values)) {
    const line = new RegExp(`^#?${setting}=.*$`, 'm')
    expect(lines, `the file has a line for ${setting}`).toMatch(line)
    lines = lines.replace(line, () => `${setting}='${value}'`)
  }
  writeFileSync(file, lines)
  // As the first lines of the file say.
  const shell = spawnSync('sh', ['-c', 'set -a; . "$1"; set +a; env -0', 'sh', file], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  expect(shell.stderr).toBe('')
  const all = shell.stdout.split('\0').filter(entry => /^(TOCSIN_|DATABASE_URL=)/.test(entry))
  return Object.fromEntries(
    all.map(entry => [entry.split('=')[0] ?? '', entry.slice(entry.indexOf('=') + 1)]),
  )
}

/** What doctor finds: nothing failed. Returns the state of each check. */
async function examine(
  settings: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { code, stdout, stderr } = await tocsin(['doctor', '--json'], settings)
  const found = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { check: string; state: string; detail: string })
  expect([code, found.filter(({ state }) => state === 'failed'), stderr]).toEqual([0, [], ''])
  return Object.fromEntries(found.map(({ check, state }) => [check, state]))
}

function run(command: string, settings: Record<string, string>): TocsinProcess {
  const program = startTocsin([command], { TOCSIN_LOG_LEVEL: 'info', ...settings })
  running.push(program)
  return program
}

/** Signs in with the one-time password of the first start, and changes it. */
async function firstAdmin(program: TocsinProcess, base: string): Promise<ApiPerson> {
  const [, password = ''] = await program.seen(/one-time password (\S+)/)
  await program.seen(/(ready|serving) on/)
  return apiPerson(base, 'admin', password)
}

const bruteForce = (host: string) =>
  wazuhLine({
    atMs: Date.now(),
    host,
    rule: ['5712', 10, 'sshd: brute force trying to get access to the system', ['sshd']],
    techniques: ['T1110'],
    data: { srcip: '203.0.113.7', srcuser: 'root' },
    log: 'Failed password for root from 203.0.113.7 port 40122 ssh2',
  })

interface CaseRow {
  readonly id: string
  readonly headline: string | null
  readonly hosts: readonly string[]
}

/** The case of a host, once the worker has written its brief, and the brief's own words. */
async function briefOf(person: ApiPerson, host: string): Promise<string> {
  const found = await until(`a brief about ${host}`, async () => {
    const { body } = await person<{ cases: CaseRow[] }>('GET', '/api/cases')
    return body.cases?.find(each => each.hosts.includes(host) && each.headline !== null)
  })
  const { status, body } = await person<unknown>('GET', `/api/cases/${found.id}`)
  expect(status).toBe(200)
  return JSON.stringify(body)
}

/** An alert by the integrator's way: an API token of scope ingest. */
async function sendAlert(admin: ApiPerson, base: string, host: string): Promise<void> {
  const made = await admin<{ secret: string }>('POST', '/api/tokens', {
    name: 'integrator',
    scopes: ['ingest'],
    expiresInDays: 30,
  })
  const answer = await fetch(`${base}/api/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.body.secret}`, 'content-type': 'application/x-ndjson' },
    body: bruteForce(host),
  })
  expect(await answer.json()).toMatchObject({ stored: 1 })
}

describe('small: one process, its own database', () => {
  const begun = new Date().toISOString().slice(0, 10) // Midnight may come while the test runs.
  /** The controls of a framework that have evidence since the test began. */
  const evidenced = async (framework: string, settings: Record<string, string>) => {
    const today = new Date().toISOString().slice(0, 10)
    const period = ['--from', begun, '--to', today, '--json']
    const { code, stdout, stderr } = await tocsin(
      ['compliance', 'report', '--framework', framework, ...period],
      settings,
    )
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^signature /)])
    const { controls } = JSON.parse(stdout) as { controls: { id: string; status: string }[] }
    return controls.filter(({ status }) => status !== 'no evidence').map(({ id }) => id)
  }

  it('is set up, examined, started, signed in to, and briefs an alert of the manager here', async () => {
    const alerts = join(folder, 'alerts.json')
    writeFileSync(alerts, '')
    const settings: Record<string, string> = {
      ...(await setUp('small', ['--wazuh', 'here', '--indexer', 'no', '--models', 'none'], {
        TOCSIN_DATA: join(folder, 'small'),
        TOCSIN_ALERTS_FILE: alerts,
      })),
      TOCSIN_PORT: String(await freePort()),
    }
    expect(settings.TOCSIN_MASTER_KEY).toBeUndefined()
    expect(settings.TOCSIN_RESPOND_DRY_RUN).toBe('on')
    expect(await examine(settings)).toMatchObject({ database: 'off', 'alerts file': 'ok', models: 'off' })
    const base = `http://127.0.0.1:${settings.TOCSIN_PORT}`
    const program = run('up', settings)
    await program.seen(/(ready|serving) on/)
    // Nobody has signed in and nothing has come in: there is no evidence of anything.
    for (const id of ['nist-csf-2.0', 'soc-2']) expect([id, await evidenced(id, settings)]).toEqual([id, []])
    const admin = await firstAdmin(program, base)
    appendFileSync(alerts, `${bruteForce('web-01')}\n`)
    expect(await briefOf(admin, 'web-01')).toContain('203.0.113.7')
    expect(await examine(settings)).toMatchObject({ database: 'ok' })
    const after = await evidenced('nist-csf-2.0', settings)
    expect(after).toEqual(expect.arrayContaining(['DE.CM-09', 'PR.AA-03', 'RS.MA-03']))
    // What nobody did is still without evidence.
    for (const id of ['RS.MI-01', 'GV.SC-07', 'GV.RM-06']) expect(after).not.toContain(id)
  })
})

describe.skipIf(!databaseKinds.includes('server'))('on a PostgreSQL server', () => {
  let wazuh: WazuhStandIn
  let provider: OpenIdProvider
  const servers: PostgresServer[] = []
  beforeAll(async () => {
    wazuh = await startWazuhServer([{ id: '007', name: 'web-02', status: 'active', activeResponse: true }])
    provider = await startOpenIdProvider()
  })
  afterAll(async () => {
    await Promise.all(running.splice(0).map(program => program.end('SIGTERM')))
    await Promise.all([wazuh.close(), provider.close(), ...servers.map(server => server.stop())])
  })

  async function databaseUrl(): Promise<string> {
    const server = await startPostgresServer(mkdtempSync(join(folder, 'db-')), { maxConnections: 120 })
    servers.push(server)
    return server.url
  }
  const api = () => ({
    TOCSIN_WAZUH_API_URL: wazuh.url,
    TOCSIN_WAZUH_API_USER: standInUser.username,
    TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
  })

  it('medium: the server database and the Wazuh server API; an alert by the integrator', async () => {
    const settings: Record<string, string> = {
      ...(await setUp('medium', ['--wazuh', 'elsewhere', '--indexer', 'no', '--models', 'local'], {
        TOCSIN_DATA: join(folder, 'medium'),
        DATABASE_URL: await databaseUrl(),
        ...api(),
      })),
      TOCSIN_PORT: String(await freePort()),
    }
    expect(settings.TOCSIN_MASTER_KEY).toMatch(/^[\w-]{43}$/)
    expect(await examine(settings)).toMatchObject({ 'wazuh api': 'ok', 'alerts file': 'off' })
    const base = `http://127.0.0.1:${settings.TOCSIN_PORT}`
    const admin = await firstAdmin(run('up', settings), base)
    expect(await examine(settings)).toMatchObject({ database: 'ok', publishing: 'ok' })
    await sendAlert(admin, base, 'web-02')
    expect(await briefOf(admin, 'web-02')).toContain('203.0.113.7')
    // Tier 1: written back beside the alert.
    await until('the brief in Wazuh', async () => (wazuh.events.length > 0 ? true : undefined))
    const { body } = await admin<{ database: unknown }>('GET', '/api/settings')
    expect(JSON.stringify(body)).toContain('server')
  })

  it('large: two consoles and two workers, sign-in by the provider, models let in by people', async () => {
    const data = join(folder, 'large')
    const signIn = join(folder, 'sign-in.yaml')
    writeFileSync(
      signIn,
      `provider:
  name: Stand-in
  issuer: ${provider.issuer}
  client: ${provider.client.id}
  secret: { env: TOCSIN_OIDC_SECRET }
  secondFactor: theirs
  addresses: [127.0.0.1/32]
  roles:
    - { claim: groups, value: soc-analysts, role: analyst }
`,
    )
    const models = join(folder, 'models.yaml')
    writeFileSync(
      models,
      "models:\n  - { name: ours, provider: openai-compatible, model: ours-1, zone: on-prem, baseUrl: 'http://127.0.0.1:9/v1', plainHttp: true, addresses: [127.0.0.1/32] }\n",
    )
    const shared = {
      ...(await setUp('large', ['--wazuh', 'elsewhere', '--indexer', 'no', '--models', 'local'], {
        TOCSIN_DATA: data,
        DATABASE_URL: await databaseUrl(),
        TOCSIN_SIGN_IN: signIn,
        TOCSIN_MODELS: models,
        ...api(),
      })),
      TOCSIN_OIDC_SECRET: provider.client.secret,
    }
    const first = { ...shared, TOCSIN_PORT: String(await freePort()) }
    const second = { ...shared, TOCSIN_PORT: String(await freePort()) }
    expect(await examine(first)).toMatchObject({ 'wazuh api': 'ok', 'sign-in': 'ok', models: 'ok' })
    const base = `http://127.0.0.1:${first.TOCSIN_PORT}`
    const serving = run('serve', first)
    const admin = await firstAdmin(serving, base)
    const others = [run('serve', second), run('worker', first), run('worker', first)]
    await others[0]?.seen(/serving on/)
    await sendAlert(admin, base, 'web-03')
    expect(await briefOf(admin, 'web-03')).toContain('203.0.113.7')

    // The other console, by the provider.
    const elsewhere = `http://127.0.0.1:${second.TOCSIN_PORT}`
    provider.next({ sub: 'subject of olga', preferred_username: 'olga', groups: ['soc-analysts'] })
    const cookie = await signInByProvider(elsewhere)
    const session = (await (await fetch(`${elsewhere}/api/session`, { headers: { cookie } })).json()) as {
      user: unknown
    }
    expect(session.user).toMatchObject({ username: 'olga', role: 'analyst' })
    const { cases } = (await (await fetch(`${elsewhere}/api/cases`, { headers: { cookie } })).json()) as {
      cases: CaseRow[]
    }
    expect(cases.map(each => each.hosts)).toEqual([['web-03']])
    expect(provider.refusals).toEqual([])

    // The model that is set up is asked nothing before people let it.
    const { body } = await admin<{ profiles: { name: string; state: string }[] }>('GET', '/api/model-gates')
    expect(body.profiles.map(({ name, state }) => [name, state])).toEqual([['ours', 'candidate']])
  })
})

/** A browser's way: to the provider and back with its code. Returns the session's cookie. */
async function signInByProvider(base: string): Promise<string> {
  const begun = await fetch(`${base}/api/sign-in/provider?to=/`, { redirect: 'manual' })
  const ticket = begun.headers.getSetCookie().map(each => each.split(';')[0])
  const there = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  const back = await fetch(there.headers.get('location') ?? '', {
    redirect: 'manual',
    headers: { cookie: ticket.join('; ') },
  })
  const session = back.headers.getSetCookie().find(each => /^tocsin=[^;]/.test(each))
  if (session === undefined) throw new Error(`no session: ${back.status} ${back.headers.get('location')}`)
  return session.split(';')[0] ?? ''
}
