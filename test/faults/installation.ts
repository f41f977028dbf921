import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createToken } from '../../src/accounts/api-token.ts'
import { createUser } from '../../src/accounts/users.ts'
import { noResponseSettings } from '../../src/domain/response-settings.ts'
import { appendEntries } from '../../src/ledger/database-ledger.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { decideProposal } from '../../src/respond/decide.ts'
import { peopleNow } from '../../src/respond/people-now.ts'
import { policyNow } from '../../src/respond/policy-now.ts'
import { prepareProposal, submitProposal } from '../../src/respond/propose.ts'
import type { RespondPorts } from '../../src/respond/respond-ports.ts'
import { connectDatabase, type OpenDatabase } from '../../src/store/connect.ts'
import { migrate } from '../../src/store/migrate.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { freePort } from '../support/free-port.ts'
import {
  type PostgresServer,
  type PostgresServerOptions,
  startPostgresServer,
} from '../support/postgres-server.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { startProviderServer } from '../support/provider-servers/start-server.ts'
import { stubModels } from '../support/stub-models.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'
import { Supervised, type Wrapping } from './supervised.ts'

// An installation as an organisation runs it: PostgreSQL, `tocsin serve` and two `tocsin worker`, each started again
// where it ends, a model and a Wazuh manager; alerts come in by webhook and approved actions are carried out all the
// while. A test does harm to it, lets it come to rest, and looks at what must hold.

const tenant = 'default'

export interface InstallationOptions {
  /** Where PostgreSQL keeps its data; a folder of its own when left out. */
  readonly databaseFolder?: string
  readonly postgres?: PostgresServerOptions
  /** Of each process, by its name: how its command is run, and more of its environment. */
  readonly wrap?: Readonly<Record<string, Wrapping>>
  /** Makes a port of this machine's 127.0.0.1 reachable from where a process is. */
  readonly reach?: (port: number) => Promise<void>
  readonly modelMs?: number
}

export interface Facts {
  readonly acknowledged: number
  /** Answers 503, or none: the sender keeps its alert. */
  readonly refused: number
  readonly lost: readonly string[]
  readonly storedTwice: number
  readonly miscounted: number
  readonly modelBriefs: number
  readonly briefedTwice: number
  readonly unbriefed: number
  readonly actions: number
  readonly sentTwice: readonly string[]
  readonly ledger: { readonly ok: boolean; readonly entries: number; readonly report: string }
  /** Jobs that lost five workers: tried again by a person at the end. */
  readonly setAside: number
  readonly restarts: number
}

export interface Installation {
  readonly server: PostgresServer
  readonly database: OpenDatabase
  readonly processes: readonly Supervised[]
  readonly wazuh: WazuhStandIn
  /** Resolves once so many alerts more were acknowledged: it works again. Or after `mostMs`: harm does not wait for that. */
  worked(alerts: number, mostMs: number): Promise<void>
  /** Harm is over: waits until everything has come to rest, stops the processes, and says what is there. */
  finish(): Promise<Facts>
  close(): Promise<void>
}

export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-faults-'))
  const databaseFolder = options.databaseFolder ?? mkdtempSync(join(tmpdir(), 'tocsin-faults-db-'))
  const server = await startPostgresServer(databaseFolder, { maxConnections: 150, ...options.postgres })
  const database = connectDatabase({
    connection: server.connection,
    maxConnections: 4,
    onIdleError: () => {},
  })
  await migrate(database)
  const model = await startProviderServer(openaiCompatible, 'test-key')
  model.always({ kind: 'answer', text: citingAnswer, afterMs: options.modelMs ?? 200 })
  const wazuh = await startWazuhServer([
    { id: '007', name: 'web-01', status: 'active', activeResponse: true },
  ])
  for (const { url } of [model, wazuh]) await options.reach?.(Number(new URL(url).port))
  writeFileSync(join(folder, 'models.yaml'), faultModels(model.url))
  const port = await freePort()
  const settings = {
    TOCSIN_DATA: join(folder, 'data'),
    TOCSIN_MODELS: join(folder, 'models.yaml'),
    TOCSIN_STUB_KEY: 'test-key',
    TOCSIN_ALERTS_FILE: 'off',
    TOCSIN_BUILD_CONSOLE: 'off',
    TOCSIN_LOG_LEVEL: 'error',
    TOCSIN_PUBLISH: 'off',
    TOCSIN_WAZUH_API_URL: wazuh.url,
    TOCSIN_WAZUH_API_USER: standInUser.username,
    TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
    TOCSIN_PORT: String(port),
    DATABASE_URL: server.url,
  }
  const processes = ['serve', 'worker-1', 'worker-2'].map(
    name => new Supervised(name, [name.replace(/-.*/, '')], settings, options.wrap?.[name]),
  )
  const people = await makePeople(database)
  for (const each of processes) each.start()
  const stop = new AbortController()
  const acknowledged: string[] = []
  const count = { refused: 0, actions: 0 }
  const load = Promise.all([
    postAlerts(port, people.token, acknowledged, count, stop.signal),
    approveActions(database, people, count, stop.signal),
  ])
  load.catch(() => undefined) // Whoever waits for it is told.
  await until(
    async () => acknowledged.length >= 20,
    () => processes.map(each => `${each.name}:\n${each.output()}`).join('\n'),
  )
  return {
    server,
    database,
    processes,
    wazuh,
    async worked(alerts, mostMs) {
      const wanted = acknowledged.length + alerts
      const end = performance.now() + mostMs
      while (acknowledged.length < wanted && performance.now() < end) await sleep(50)
    },
    async finish() {
      // The load goes on for a moment after the harm, so that what was broken is used again.
      const before = acknowledged.length
      const said = () => processes.map(each => `${each.name}:\n${each.output()}`).join('\n')
      await until(async () => acknowledged.length >= before + 20, said)
      stop.abort()
      await load
      const setAside = await settle(database, said)
      await Promise.all(processes.map(each => each.end()))
      return inspect(database, wazuh, { acknowledged, ...count, setAside, processes })
    },
    async close() {
      stop.abort()
      await load.catch(() => undefined)
      await Promise.all(processes.map(each => each.end()))
      await database.close()
      await server.stop()
      await Promise.all([model.close(), wazuh.close()])
      for (const path of [folder, ...(options.databaseFolder === undefined ? [databaseFolder] : [])])
        rmSync(path, { recursive: true, force: true })
    },
  }
}

interface People {
  readonly token: string
  readonly requester: string
  readonly approver: string
  readonly ports: RespondPorts
}

async function makePeople(database: OpenDatabase): Promise<People> {
  const clock = { now: Date.now }
  const ids = randomIds()
  const parts = {
    database,
    clock,
    ids,
    tenant,
    masterKey: async () => Buffer.alloc(32),
    publicUrl: undefined,
    provider: undefined,
    servesTenants: false,
    newRightMs: async () => 0,
    record: async (sql: Parameters<typeof appendEntries>[0], ...entries: readonly object[]) => {
      await appendEntries(sql, entries.map(entry => ({ ...entry, tenant })) as never, clock.now())
    },
  }
  const make = (username: string, role: 'admin' | 'responder' | 'approver') =>
    createUser(parts, null, { username, displayName: username, role })
  const admin = await make('admin', 'admin')
  const details = { name: 'test', scopes: ['ingest' as const], expiresInDays: null }
  const { secret } = await createToken(database, parts, admin.user.id, details)
  const requester = (await make('rita', 'responder')).user.id
  const approver = (await make('ana', 'approver')).user.id
  await database.query('update users set must_change_password = false')
  return {
    token: secret,
    requester,
    approver,
    ports: {
      database,
      people: peopleNow,
      fileSettings: noResponseSettings,
      policy: (sql, asked) => policyNow(sql, asked, noResponseSettings),
      clock,
      ids,
      nonce: () => randomBytes(16).toString('hex'),
    },
  }
}

/** Alerts of 40 hosts, so that cases are new at first and then grow. */
export async function postAlerts(
  port: number,
  token: string,
  acknowledged: string[],
  count: { refused: number },
  signal: AbortSignal,
): Promise<void> {
  const run = randomBytes(3).toString('hex')
  for (let number = 1; !signal.aborted; number++) {
    const id = `${1_770_000_000 + number}.${run}${number}`
    const host = number % 40
    const body = wazuhLine({
      id,
      atMs: Date.now(),
      host: `host-${host}`,
      rule: ['5712', 10, 'sshd: brute force trying to get access to the system', ['sshd']],
      techniques: ['T1110'],
      data: { srcip: `203.0.113.${host}`, srcuser: `user${host}` },
      log: `Failed password for user${host} from 203.0.113.${host} port 4022 ssh2`,
    })
    const answer = await fetch(`http://127.0.0.1:${port}/api/webhook`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    }).catch(() => undefined)
    await answer?.arrayBuffer().catch(() => undefined)
    if (answer?.ok) acknowledged.push(id)
    else if (!signal.aborted) count.refused++
    await sleep(answer?.ok ? 20 : 200, undefined, { signal }).catch(() => undefined)
  }
}

/** Every second somebody asks for a block, and somebody else approves it. */
async function approveActions(
  database: OpenDatabase,
  { requester, approver, ports }: People,
  count: { actions: number },
  signal: AbortSignal,
): Promise<void> {
  for (let number = 1; !signal.aborted; number++) {
    await sleep(500, undefined, { signal }).catch(() => undefined)
    try {
      const [row] = await database.query<{ id: string }>('select id from cases limit 1')
      if (row === undefined) continue
      const request = {
        tenant,
        caseId: row.id,
        action: 'block-address',
        arguments: { address: `198.51.${number >> 8}.${number & 255}` },
        target: { agentId: '007', agentName: 'web-01', platform: 'linux' as const },
        reason: 'a test',
        evidence: [],
      }
      const prepared = await prepareProposal(ports, request, 'job:test')
      if (prepared.kind === 'refused') throw new Error(prepared.reason)
      const { id, digest } = prepared.proposal
      const submitted = await submitProposal(ports, tenant, id, requester)
      if (submitted.kind === 'refused') throw new Error(submitted.reason)
      const decision = { tenant, proposalId: id, digest, approver, onBehalfOf: undefined, reason: '' }
      const decided = await decideProposal(ports, {
        ...decision,
        decision: 'approve',
        steppedUpAtMs: Date.now(),
      })
      if (decided.kind === 'refused') throw new Error(decided.reason)
      count.actions++
    } catch (error) {
      // The database is away, as the test wants it; anything else is a fault of the test.
      if (!/database-unavailable|database-conflict/.test(String((error as { code?: string }).code)))
        throw error
    }
  }
}

/** Until no job is left. Those that were set aside are tried again by an admin, as in the console; returns how many. */
export async function settle(database: OpenDatabase, said: () => string): Promise<number> {
  let setAside = 0
  await until(async () => {
    const rows = await database.query(
      `update jobs set state = 'ready', crashes = 0, attempts = 0 where state = 'dead'
       and (tenant_id, kind, key) not in (select tenant_id, kind, key from jobs where state = 'ready') returning id`,
    )
    setAside += rows.length
    await database.query(`delete from jobs where state = 'dead'`)
    const [row] = await database.query<{ jobs: number }>('select count(*) as jobs from jobs')
    return row?.jobs === 0
  }, said)
  return setAside
}

export async function until(holds: () => Promise<boolean>, said: () => string): Promise<void> {
  const end = performance.now() + 300_000
  while (!(await holds().catch(() => false))) {
    if (performance.now() > end) throw new Error(`it did not come to rest in five minutes:\n${said()}`)
    await sleep(200)
  }
}

export async function inspect(
  database: OpenDatabase,
  wazuh: WazuhStandIn,
  known: {
    readonly acknowledged: readonly string[]
    readonly refused: number
    readonly actions: number
    readonly setAside: number
    readonly processes: readonly Supervised[]
  },
): Promise<Facts> {
  const ids = (await database.query<{ id: string }>('select id from alerts')).map(row => row.id)
  const present = new Set(ids)
  const [row] = await database.query<Record<string, number>>(
    `select
       (select count(*) from cases c where c.alert_count <> (select count(*) from alerts a where a.case_id = c.id)) as miscounted,
       (select count(*) from briefs where origin = 'model') as briefs,
       (select count(*) from (select from briefs where origin = 'model' group by case_id, revision having count(*) > 1) t) as twice,
       (select count(*) from cases c where c.briefed_revision < c.revision or not exists (
          select from briefs b where b.case_id = c.id and b.origin = 'model' and b.revision = c.revision)) as unbriefed`,
  )
  const sent = wazuh.calls
    .filter(call => call.path === '/active-response')
    .map(call => JSON.stringify(call.body).match(/proposal_[\w-]+/)?.[0] ?? JSON.stringify(call.body))
  return {
    acknowledged: known.acknowledged.length,
    refused: known.refused,
    lost: known.acknowledged.filter(id => !present.has(id)),
    storedTwice: ids.length - present.size,
    miscounted: row?.miscounted ?? -1,
    modelBriefs: row?.briefs ?? -1,
    briefedTwice: row?.twice ?? -1,
    unbriefed: row?.unbriefed ?? -1,
    actions: sent.length,
    sentTwice: sent.filter((each, index) => sent.indexOf(each) !== index),
    ledger: await verifiedLedger(database),
    setAside: known.setAside,
    restarts: known.processes.reduce((sum, each) => sum + each.restarts, 0),
  }
}

/** As an auditor: exported, and verified without the database. */
async function verifiedLedger(database: OpenDatabase): Promise<Facts['ledger']> {
  const { generateKeyPairSync } = await import('node:crypto')
  const { openDatabaseLedger } = await import('../../src/ledger/database-ledger.ts')
  const { exportLedger } = await import('../../src/ledger/export-ledger.ts')
  const { verifyChain } = await import('../../src/ledger/verify-chain.ts')
  const { canonicalJson } = await import('../../src/lib/canonical-json.ts')
  const ledger = openDatabaseLedger(database, { now: Date.now })
  const by = { actor: 'user:test', key: generateKeyPairSync('ed25519').privateKey, nowMs: Date.now() }
  const entries = await Array.fromAsync(
    exportLedger(ledger, { fromSeq: 1, toSeq: Number.POSITIVE_INFINITY }, by),
  )
  const report = verifyChain(`${entries.map(entry => canonicalJson(entry as never)).join('\n')}\n`)
  return {
    ok: report.ok,
    entries: report.entries,
    report: JSON.stringify(report.firstBad ?? report.problems),
  }
}

/** Every case is put to the stub, and no budget stops it. */
export function faultModels(url: string): string {
  return stubModels(
    url,
    { zone: 'contracted', maxConcurrent: 8 },
    { briefs: { minLevel: 0 }, budgets: { perDay: { tokens: 1_000_000_000 } } },
  )
}
