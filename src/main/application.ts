import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { hostname } from 'node:os'
import { Registry } from 'prom-client'
import type { AccountParts } from '../accounts/account-parts.ts'
import { speaksOfAttack } from '../assess/assess-alert.ts'
import type { Config } from '../config.ts'
import type { FileStore } from '../files/file-store.ts'
import { defaultGrouping } from '../group/grouping-options.ts'
import { GroupingMemory } from '../ingest/grouping-memory.ts'
import { createIngest, type Ingest } from '../ingest/ingest.ts'
import type { AttackKnowledge } from '../knowledge/attack-knowledge.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { messageOf } from '../lib/app-error.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { type IdSource, randomIds } from '../lib/ids.ts'
import { alertMailJobsOf } from '../mail/alert-mail.ts'
import { type MailParts, mailParts } from '../mail/receive-mail.ts'
import type { MailGatewayClient } from '../mail-gateway/mail-gateway.ts'
import type { NotifyParts } from '../notify/send-notice.ts'
import { WorkerPulse } from '../queue/worker-pulse.ts'
import { peopleNow } from '../respond/people-now.ts'
import { policyNow } from '../respond/policy-now.ts'
import { reportJobsOf } from '../respond/respond-jobs.ts'
import type { RespondPorts } from '../respond/respond-ports.ts'
import { defaultResponsePolicy } from '../respond/response-policy.ts'
import { isOperator } from '../store/tenant-overview.ts'
import { checkWithoutTenants } from '../store/tenants.ts'
import { type ConsoleAddress, consoleAddress } from './console-address.ts'
import { createLogger } from './create-logger.ts'
import { checkDataFolder, prepareDataFolder } from './data-folder.ts'
import { openMailGatewayOf } from './mail-gateway.ts'
import { openFiles } from './open-files.ts'
import { openMailScanner } from './open-mail-scanner.ts'
import { masterKeyOf } from './open-models-for.ts'
import { openNotify } from './open-notify.ts'
import { openProviderOf } from './open-provider.ts'
import { openStore, type Store } from './open-store.ts'
import { openTelemetry } from './open-telemetry.ts'
import { readOrganisationFile } from './organisation-file.ts'
import { readResponseFile } from './response-file.ts'
import { createSourceMonitor, type SourceMonitor } from './source-monitor.ts'
import { storedAttack } from './stored-knowledge.ts'
import { openWazuh, type WazuhParts } from './wazuh.ts'

/** What serving and working share: built once per process, from the settings. */
export interface Application {
  readonly config: Config
  readonly store: Store
  readonly logger: ReturnType<typeof createLogger>
  readonly clock: Clock
  readonly ids: IdSource
  readonly registry: Registry
  /** Of the worker in this process, where it has one. */
  readonly pulse: WorkerPulse
  readonly ingest: Ingest
  readonly monitor: SourceMonitor
  readonly accounts: AccountParts
  readonly wazuh: WazuhParts
  readonly respond: RespondPorts
  readonly mail: MailParts
  /** Where files are kept. */
  readonly files: FileStore
  readonly notify: NotifyParts
  /** ATT&CK as it was imported when the process started. */
  readonly attack: AttackKnowledge
  readonly mailGateway: MailGatewayClient | undefined
  readonly consoleAddress: ConsoleAddress
  readonly tenant: string
  /** Names this process among others on the same database. */
  readonly owner: string
  readonly say: (line: string) => void
}

/** Opens the database and builds the parts. `say` prints a progress line. */
export async function openApplication(
  config: Config,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Application> {
  const logger = createLogger(config.logLevel)
  if (config.databaseUrl === undefined) await prepareDataFolder(config.dataDir)
  else await checkDataFolder(config.dataDir, constants.R_OK | constants.X_OK)
  const opened = { config, say, logger, attack: storedAttack(config.dataDir), owner: ownerName() }
  const fileSettings = await readResponseFile(config)
  const telemetry =
    config.telemetry &&
    (await openTelemetry(config.telemetry, opened.owner, what =>
      logger.warn(`telemetry was not taken: ${what}`),
    ))
  const store = await openStore(config, logger, say, signal)
  const close = async () => {
    await store.close()
    await telemetry?.close()
  }
  try {
    return await buildApplication({ ...opened, store: { ...store, close }, fileSettings })
  } catch (error) {
    // A setting that cannot be used is found late at times: the database must not go on running for nobody.
    await close()
    throw error
  }
}

function ownerName(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
}

async function buildApplication(
  opened: Pick<Application, 'config' | 'say' | 'logger' | 'attack' | 'owner' | 'store'> & {
    readonly fileSettings: Awaited<ReturnType<typeof readResponseFile>>
  },
): Promise<Application> {
  const { config, say, logger, attack, owner, store, fileSettings } = opened
  const { tenant } = config
  const address = consoleAddress(config)
  if (!config.tenantBound) await checkWithoutTenants(store.database)
  const clock = systemClock
  const files = await openFiles(config, store.database, clock)
  const ids = randomIds()
  const registry = new Registry()
  const organisation = await readOrganisationFile(config)
  const { yaraRules } = config.mail
  const scanner =
    yaraRules === undefined
      ? undefined
      : await openMailScanner(yaraRules, what => logger.warn(`YARA rules left out: ${what}`))
  const memory = new GroupingMemory({ ...defaultGrouping, speaksOfAttack }, ids, clock)
  return {
    config,
    store: {
      ...store,
      async close() {
        scanner?.close()
        await store.close()
      },
    },
    logger,
    clock,
    ids,
    registry,
    pulse: new WorkerPulse(),
    ingest: createIngest({
      database: store.database,
      memory,
      clock,
      ids,
      slaMinutes: config.slaMinutes,
      followUps: alert => [...reportJobsOf(alert), ...alertMailJobsOf(alert)],
    }),
    monitor: createSourceMonitor(clock, registry),
    accounts: {
      database: store.database,
      clock,
      ids,
      tenant,
      masterKey: masterKeyOf(config),
      publicUrl: config.publicUrl,
      provider: await openProviderOf(config),
      servesTenants: await isOperator(store.database),
      // Settings that cannot be read must not keep admins from their accounts: the default is the careful one.
      newRightMs: async sql =>
        (await policyNow(sql, tenant, fileSettings).catch(() => defaultResponsePolicy)).newRightMs,
      async record(sql, ...entries) {
        const drafts = entries.map(entry => ({ ...entry, tenant }))
        await appendEntries(sql, drafts, clock.now())
      },
    },
    wazuh: openWazuh(config, clock, error => logger.warn(`Wazuh does not answer: ${messageOf(error)}`)),
    files,
    mail: mailParts({ database: store.database, clock, ids, tenant }, organisation, scanner?.scan, files),
    mailGateway: openMailGatewayOf(config, clock),
    respond: {
      database: store.database,
      people: peopleNow,
      fileSettings,
      policy: (sql, asked) => policyNow(sql, asked, fileSettings),
      clock,
      ids,
      nonce: () => randomBytes(16).toString('hex'),
    },
    consoleAddress: address,
    notify: await openNotify(config, { database: store.database, clock, ids, consoleUrl: address.url }),
    attack,
    tenant,
    owner,
    say,
  }
}
