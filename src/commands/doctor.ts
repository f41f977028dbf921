import { constants } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { type Config, environmentSecret, givenSettings, readConfig } from '../config.ts'
import { messageOf } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { createLogger } from '../main/create-logger.ts'
import { checkDataFolder } from '../main/data-folder.ts'
import { listenTrouble } from '../main/listen-trouble.ts'
import { type OpenedStore, openStoreAsIs } from '../main/open-store.ts'
import { readResponseFile } from '../main/response-file.ts'
import { queueDepth } from '../queue/jobs.ts'
import { policyNow } from '../respond/policy-now.ts'
import { countRows } from '../store/counts.ts'
import { hasEmbeddedDatabase } from '../store/embedded-postgres.ts'
import { pendingMigrations } from '../store/migrate.ts'
import { activePeople } from '../store/people.ts'
import { quarantineCauses } from '../store/quarantine.ts'
import { checkBoundTo, checkWithoutTenants } from '../store/tenants.ts'
import type { Command, Io } from './command.ts'
import { readArgs, writeRecord } from './command.ts'
import { checkpoints } from './doctor-checkpoints.ts'
import { exposure, models, objectStore, telemetry } from './doctor-outside.ts'
import { clockFinding, signIn } from './doctor-sign-in.ts'
import { alertsFile, indexer, publishing, wazuhApi, wazuhGeneration } from './doctor-wazuh.ts'

/** What one check found. `off`: not set up, which is no fault. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'failed' | 'off'
  readonly detail: string
  /** What to do about it. */
  readonly hint?: string
}

/** `tocsin doctor`: what works, what does not, and what to do about it. */
export const command: Command = {
  usage: `tocsin doctor [--json]

Checks Node, which settings are set, data folder, database and tenant, what holds about response actions, port, alerts file, indexer, Wazuh server API and queue, which
Wazuh it is, models and their keys, policy, object store, places for checkpoints, telemetry collector, sign-in provider, clocks and how the console is
reached, each with a hint. It changes nothing anywhere and calls no model: what takes data is sent none. Secrets are never printed.

  --json   one JSON record a check: {check, state: ok|warning|failed|off, detail, hint}

Exit code 0: nothing failed. 1: something failed. 2: bad usage or settings.
`,
  async run(args, io) {
    const { values } = readArgs(args, { options: { json: { type: 'boolean' } } })
    const config = readConfig()
    let failed = false
    for (const check of checks) {
      const found = await check(config, io)
      for (const finding of found) {
        failed ||= finding.state === 'failed'
        if (values.json) writeRecord(io, finding)
        else io.stdout(lineOf(finding))
      }
    }
    return failed ? 1 : 0
  },
}

function lineOf({ check, state, detail, hint }: Finding): string {
  return `${state.padEnd(8)} ${check.padEnd(14)} ${detail}${hint === undefined ? '' : `\n${' '.repeat(24)}${hint}`}\n`
}

const dayMs = 86_400_000

/** Each check is one line here. */
const checks: readonly ((config: Config, io: Io) => Promise<Finding[]>)[] = [
  node,
  settings,
  dataFolder,
  database,
  port,
  alertsFile,
  indexer,
  wazuhApi,
  wazuhGeneration,
  publishing,
  models,
  objectStore,
  checkpoints,
  telemetry,
  signIn,
  exposure,
]

async function node(): Promise<Finding[]> {
  return [{ check: 'node', state: 'ok', detail: `Node ${process.versions.node} on ${process.platform}` }]
}

async function settings(): Promise<Finding[]> {
  const { set, misspelt } = givenSettings()
  const check = 'settings'
  if (misspelt.length > 0)
    return misspelt.map(({ name, meant }) => ({
      check,
      state: 'warning',
      detail: `${name} is set, and nothing reads it`,
      hint: `Was ${meant} meant? src/config/settings.ts lists all.`,
    }))
  return [
    set.length === 0
      ? { check, state: 'ok', detail: 'none is set: all defaults hold' }
      : { check, state: 'ok', detail: `set: ${set.join(', ')}` },
  ]
}

async function dataFolder(config: Config): Promise<Finding[]> {
  const check = 'data folder'
  try {
    await checkDataFolder(config.dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    // Beside a database elsewhere it may be there to be read only.
    const state = config.databaseUrl === undefined ? 'failed' : 'warning'
    return [{ check, state, detail: messageOf(error) }]
  }
  try {
    const { bavail, bsize } = await statfs(config.dataDir)
    const freeGb = (bavail * bsize) / 1024 ** 3
    const detail = `${config.dataDir}, ${freeGb.toFixed(1)} GB free`
    return freeGb < 5
      ? [{ check, state: 'warning', detail, hint: 'A day of 50 alerts a second takes about 12 GB.' }]
      : [{ check, state: 'ok', detail }]
  } catch {
    return [{ check, state: 'off', detail: `${config.dataDir} is not there yet: the first start makes it` }]
  }
}

async function database(config: Config, io: Io): Promise<Finding[]> {
  const check = 'database'
  if (config.databaseUrl === undefined && !(await hasEmbeddedDatabase(config.dataDir)))
    return [{ check, state: 'off', detail: 'embedded, not there yet: the first start makes it' }]
  try {
    const store = await openStoreAsIs(config, createLogger('silent'), () => {}, io.signal)
    try {
      return await databaseFindings(config, store, check)
    } finally {
      await store.close()
    }
  } catch (error) {
    const hint =
      config.databaseUrl === undefined
        ? `${config.dataDir}/postgres/postgres.log says more.`
        : 'Check DATABASE_URL and that the server lets this host in.'
    return [{ check, state: 'failed', detail: messageOf(error), hint }]
  }
}

async function databaseFindings(
  config: Config,
  { database, kind }: OpenedStore,
  check: string,
): Promise<Finding[]> {
  const sentMs = systemClock.now()
  const [row] = await database.query<{ version: string; nowMs: number }>(
    `select current_setting('server_version') as version, (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`,
  )
  const aheadMs = (sentMs + systemClock.now()) / 2 - (row?.nowMs ?? 0)
  const server = `${kind} PostgreSQL ${row?.version}`
  const pending = await pendingMigrations(database)
  if (pending.length > 0)
    return [
      {
        check,
        state: 'warning',
        detail: `${server}: the schema is older than this Tocsin (${pending.length} changes to come)`,
        hint: 'The next start brings it up to date. Make a backup first: tocsin backup --help.',
      },
    ]
  const counts = await countRows(database, config.tenant)
  const dead = (await queueDepth(database)).filter(({ state }) => state === 'dead')
  const unread = await quarantineCauses(database, config.tenant, systemClock.now() - dayMs)
  return [
    {
      check,
      state: 'ok',
      detail: `${server}: ${counts.alerts} alerts, ${counts.cases} cases, ${counts.quarantined} in quarantine`,
    },
    ...unread.map(
      ({ source, code, count }): Finding => ({
        check: 'quarantine',
        state: 'warning',
        detail: `${count} of what ${source} sent in the last 24 hours could not be read as alerts (${code})`,
        hint: 'Settings, Quarantine in the console shows each with its reason. Nothing of it is lost.',
      }),
    ),
    ...dead.map(
      ({ count, kind: job }): Finding => ({
        check: 'jobs',
        state: 'warning',
        detail: `${count} jobs of the kind ${job} failed for good`,
        hint: 'Settings, Jobs in the console says why, and has them tried again.',
      }),
    ),
    ...(kind === 'server'
      ? [clockFinding('the database server', aheadMs), await tenancy(config, database)]
      : []),
    ...(await responsePolicy(config, database)),
  ]
}

/** Whether 'serve' and 'worker' would start as what these settings say. */
async function tenancy(config: Config, database: Database): Promise<Finding> {
  const check = 'tenant'
  if (!config.tenantBound)
    return checkWithoutTenants(database).then(
      () => ({ check, state: 'off', detail: "the database is one organisation's alone" }),
      error => ({
        check,
        state: 'warning',
        detail: messageOf(error),
        hint: 'These are the settings of the owner: for tenant, backup and restore.',
      }),
    )
  return checkBoundTo(database, config.tenant).then(
    () => ({ check, state: 'ok', detail: `the database shows the rows of ${config.tenant} and no others` }),
    error => ({
      check,
      state: 'failed',
      detail: messageOf(error),
      hint: `Set the DATABASE_URL that 'tocsin tenant add' printed; 'tocsin tenant password ${config.tenant}', run by the owner, prints a new one.`,
    }),
  )
}

/** What holds about response actions, as the worker would read it now. */
async function responsePolicy(config: Config, database: Database): Promise<Finding[]> {
  const check = 'response'
  try {
    const policy = await policyNow(database, config.tenant, await readResponseFile(config))
    const { protectedAssets, quietHours, commands, tickets } = policy
    const parts = [
      policy.dryRun ? 'a dry run: nothing is sent' : 'approved actions are sent',
      `${protectedAssets.length} protected assets besides the built-in ones`,
      `proposals stay open for ${policy.expiryMs / 60_000} minutes`,
      `${quietHours.length} quiet hours`,
      `${commands.length} commands and ${tickets.length} receivers allow-listed`,
    ]
    const approvers = (await activePeople(database, config.tenant, ['approver', 'admin'])).length
    const findings: Finding[] = [{ check, state: 'ok', detail: parts.join(', ') }]
    if (approvers < 3)
      findings.push({
        check,
        state: 'warning',
        detail: `${approvers} account(s) may approve: ${approvers < 2 ? 'nothing that one of them asks for can be approved' : 'delete, isolate and disable take two besides whoever asks'}`,
        hint: 'Add accounts with the role approver under Settings, Accounts.',
      })
    for (const name of tickets.flatMap(({ signingKey, authorization }) => [signingKey, authorization]))
      if (name !== undefined && environmentSecret(name) === undefined)
        findings.push({
          check,
          state: 'failed',
          detail: `the variable ${name} is not set`,
          hint: 'A receiver of tickets names it.',
        })
    return findings
  } catch (error) {
    return [{ check, state: 'failed', detail: messageOf(error) }]
  }
}

async function port(config: Config): Promise<Finding[]> {
  const check = 'port'
  const server = createServer()
  const trouble = await new Promise<unknown>(resolve => {
    server.once('error', resolve)
    server.listen(config.port, config.host, () => resolve(undefined))
  })
  server.close()
  const detail = `${config.host}:${config.port}`
  if (trouble === undefined) return [{ check, state: 'ok', detail: `${detail} is free` }]
  if (await answersAsTocsin(config)) return [{ check, state: 'ok', detail: `Tocsin answers on ${detail}` }]
  return [{ check, state: 'warning', detail: listenTrouble(config.host, config.port, trouble) }]
}

/** Whether what listens there is Tocsin: its `/healthz` says so. */
async function answersAsTocsin({ host, port }: Config): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  try {
    const response = await fetch(`http://${name.includes(':') ? `[${name}]` : name}:${port}/healthz`, {
      redirect: 'error',
      signal: AbortSignal.timeout(5000),
    })
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'status' in body && 'checks' in body
  } catch {
    return false // Silent, or no JSON: another program.
  }
}
