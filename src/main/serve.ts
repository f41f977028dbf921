import { existsSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { createFirstAdmin, renewFirstAdmin } from '../accounts/users.ts'
import { openScanner } from '../file-scan/scanner.ts'
import { callerStands } from '../http/authorize.ts'
import { createServer } from '../http/create-server.ts'
import { createEventHub } from '../http/event-hub.ts'
import { createHttpMetrics } from '../http/http-metrics.ts'
import { accountRoutes } from '../http/routes/account-routes.ts'
import { auditRoutes } from '../http/routes/audit-routes.ts'
import { breakGlassRoutes } from '../http/routes/break-glass-routes.ts'
import { briefRoutes } from '../http/routes/brief-routes.ts'
import { caseRoutes } from '../http/routes/case-routes.ts'
import { complianceRoutes } from '../http/routes/compliance-routes.ts'
import { entityRoutes } from '../http/routes/entity-routes.ts'
import { evaluationRoutes } from '../http/routes/evaluation-routes.ts'
import { eventRoutes } from '../http/routes/event-routes.ts'
import { exportRoutes } from '../http/routes/export-routes.ts'
import { factorRoutes } from '../http/routes/factor-routes.ts'
import { governanceRoutes } from '../http/routes/governance-routes.ts'
import { healthRoutes } from '../http/routes/health-routes.ts'
import { ingestRoutes } from '../http/routes/ingest-routes.ts'
import { intelCoverageRoutes } from '../http/routes/intel-coverage-routes.ts'
import { intelDigestRoutes } from '../http/routes/intel-digest-routes.ts'
import { intelExportRoutes } from '../http/routes/intel-export-routes.ts'
import { intelRoutes } from '../http/routes/intel-routes.ts'
import { jobRoutes } from '../http/routes/job-routes.ts'
import { learningRoutes } from '../http/routes/learning-routes.ts'
import { ledgerRoutes } from '../http/routes/ledger-routes.ts'
import { mailRoutes } from '../http/routes/mail-routes.ts'
import { modelRoutes } from '../http/routes/model-routes.ts'
import { notificationRoutes } from '../http/routes/notification-routes.ts'
import { providerRoutes } from '../http/routes/provider-routes.ts'
import { regroupRoutes } from '../http/routes/regroup-routes.ts'
import { respondRoutes } from '../http/routes/respond-routes.ts'
import { responseSettingsRoutes } from '../http/routes/response-settings-routes.ts'
import { retentionRoutes } from '../http/routes/retention-routes.ts'
import { ruleDraftRoutes } from '../http/routes/rule-draft-routes.ts'
import { runbookRoutes } from '../http/routes/runbook-routes.ts'
import { savedViewRoutes } from '../http/routes/saved-view-routes.ts'
import { scimRoutes } from '../http/routes/scim-routes.ts'
import { seededRoutes } from '../http/routes/seeded-routes.ts'
import { sessionRoutes } from '../http/routes/session-routes.ts'
import { settingsRoutes } from '../http/routes/settings-routes.ts'
import { tenantRoutes } from '../http/routes/tenant-routes.ts'
import { triageRoutes } from '../http/routes/triage-routes.ts'
import { trustRoutes } from '../http/routes/trust-routes.ts'
import { usageRoutes } from '../http/routes/usage-routes.ts'
import { yaraRoutes } from '../http/routes/yara-routes.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { openDatabaseDataKeys } from '../ledger/stored-data-keys.ts'
import { sleep } from '../lib/abort.ts'
import { AppError } from '../lib/app-error.ts'
import { keepDayBudget } from '../store/tenant-overview.ts'
import type { Application } from './application.ts'
import { allAssistantRoutes } from './assistant-route-list.ts'
import { connectionsOf } from './connections.ts'
import { erasurePartsOf } from './erasure-parts.ts'
import { intelPartsOf } from './intel-parts.ts'
import { listenTrouble } from './listen-trouble.ts'
import { modelOverview } from './model-overview.ts'
import { readModelSettings } from './open-models.ts'
import {
  masterKeyOf,
  openModelsOnline,
  organisationInventory,
  readSetPolicy,
  vaultsOf,
} from './open-models-for.ts'
import { openRuleDrafts } from './open-rule-drafts.ts'
import { replaySample } from './sample.ts'
import { settingEvidence } from './setting-evidence.ts'
import { openSmtpRelay } from './smtp-relay.ts'
import { registerWorkMetrics } from './work-metrics.ts'

/** A running HTTP server. */
export interface Serving {
  readonly url: string
  /** Ends streams, answers what is open, and closes. */
  close(): Promise<void>
}

/** How long the start waits for the connection that hears what other processes announce. */
const hearsWithinMs = 10_000

/** Serves the API and the console. At the first start it creates `admin` and prints its one-time password. */
export async function serve(app: Application, alone = false): Promise<Serving> {
  const { config, store, tenant, clock, ids } = app
  const { database } = store
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const stopping = new AbortController()
  const hub = createEventHub(database)
  const parts = { database, clock, ids, tenant }
  const modelSettings = await readModelSettings(config.modelsFile)
  const masterKey = await masterKeyOf(config)()
  const dataKeys = openDatabaseDataKeys(database, masterKey)
  const vaults = vaultsOf(database, masterKey)
  const inventory = organisationInventory(config, database)
  const models = await openModelsOnline(config, parts)
  await keepDayBudget(database, tenant, modelSettings.budgets.perDay, clock.now())
  const scanner = openScanner()
  registerWorkMetrics(app.registry, database, tenant, clock)
  const server = await createServer({
    routes: [
      ...healthRoutes(database, app.registry, app.pulse),
      ...sessionRoutes(app.accounts, secure),
      ...caseRoutes({ ...parts, modelConfigured: modelSettings.models.length > 0 }),
      ...triageRoutes(parts),
      ...briefRoutes({ ...parts, publishes: app.wazuh.publishes }),
      ...regroupRoutes({ ...parts, slaMinutes: config.slaMinutes }),
      ...exportRoutes({ ...parts, modelConfigured: modelSettings.models.length > 0 }),
      ...savedViewRoutes(parts),
      ...entityRoutes(parts),
      ...intelRoutes(intelPartsOf(app)),
      ...intelExportRoutes(intelPartsOf(app)),
      ...intelCoverageRoutes(intelPartsOf(app)),
      ...intelDigestRoutes(intelPartsOf(app)),
      ...allAssistantRoutes(app, models, modelSettings, stopping.signal),
      ...accountRoutes(app.accounts),
      ...factorRoutes(app.accounts),
      ...breakGlassRoutes(app.accounts, secure),
      ...scimRoutes(app.accounts),
      ...providerRoutes(app.accounts, secure),
      ...respondRoutes({
        ports: app.respond,
        accounts: app.accounts,
        tenant,
        connected: app.wazuh.acts,
        mailConnected: app.mailGateway !== undefined,
        caseUrl: app.consoleAddress.caseUrl,
      }),
      ...responseSettingsRoutes({
        ports: app.respond,
        accounts: app.accounts,
        tenant,
        caseUrl: app.consoleAddress.caseUrl,
        filePath: config.responseFile,
      }),
      ...yaraRoutes({ ports: { ...parts, scanner }, tenant }),
      ...mailRoutes(app.mail, openSmtpRelay(config)),
      ...notificationRoutes(app.notify, app.accounts),
      ...jobRoutes(parts),
      ...tenantRoutes(parts),
      ...ledgerRoutes({ ...parts, dataKeys }),
      ...trustRoutes({
        ...parts,
        policy: await readSetPolicy(config),
        models: () => modelOverview(app, modelSettings),
        inventory: () => inventory(tenant),
        readVault: caseId => vaults.read({ tenant, caseId }),
      }),
      ...complianceRoutes({
        ...parts,
        ledger: openDatabaseLedger(database, clock),
        settings: settingEvidence(config),
        version: packageJson.version,
      }),
      ...retentionRoutes({ ...(await erasurePartsOf(config, database, clock)), tenant }),
      ...modelRoutes({ ...parts, configured: new Set(models.profileIds.values()) }),
      ...governanceRoutes(parts),
      ...auditRoutes(parts),
      ...seededRoutes({ ports: app.respond, tenant }),
      ...learningRoutes(parts),
      ...runbookRoutes({ ...parts, inventory, ask: models.ask }),
      ...evaluationRoutes(parts),
      ...usageRoutes({
        ...parts,
        perDay: modelSettings.budgets.perDay,
        perTaskPerDay: modelSettings.budgets.perTaskPerDay ?? {},
      }),
      ...ruleDraftRoutes({
        ports: openRuleDrafts(app),
        attack: app.attack,
        tenant,
        signal: stopping.signal,
        modelConfigured: modelSettings.models.length > 0,
      }),
      ...eventRoutes(hub, tenant, stopping.signal, caller => callerStands(app.accounts, caller)),
      ...ingestRoutes(app.ingest, tenant, receipt => app.monitor.received('webhook', receipt)),
      ...settingsRoutes({
        database,
        clock,
        tenant,
        version: packageJson.version,
        databaseKind: store.kind,
        databaseVersion: store.version,
        slaMinutes: config.slaMinutes,
        connections: () => connectionsOf(app),
        sample: {
          offered: () => !connectionsOf(app).sources.some(source => source.state === 'connected'),
          replay: () => replaySample(app),
        },
      }),
    ],
    accounts: app.accounts,
    logger: app.logger,
    metrics: createHttpMetrics(app.registry),
    secure,
    consoleDir: consoleFolder(),
    version: packageJson.version,
    framedBy: config.dashboard?.origin,
    requestsPerMinute: config.requestsPerMinute,
  })
  const listening = hub.run(stopping.signal)
  // A database that is away is for what follows to say.
  const waited = new AbortController()
  await Promise.race([hub.hears, sleep(hearsWithinMs, waited.signal)])
  waited.abort()
  try {
    await server.listen({ host: config.host, port: config.port })
  } catch (error) {
    stopping.abort()
    await listening
    throw new AppError('cannot-listen', listenTrouble(config.host, config.port, error), { cause: error })
  }
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  app.consoleAddress.listensOn(port)
  const close = async () => {
    stopping.abort()
    await Promise.all([server.close(), listening])
    await models.close()
    scanner.close()
  }
  try {
    await greetFirstAdmin(app, alone)
  } catch (error) {
    // A server that went on listening without its database would look alive, and nobody would start it again.
    await close()
    throw error
  }
  return {
    url: config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    close,
  }
}

/** console/dist of the checkout or of the package. */
function consoleFolder(): string | undefined {
  const folder = [
    join(import.meta.dirname, '..', '..', 'console', 'dist'),
    join(import.meta.dirname, '..', '..', '..', 'console', 'dist'),
  ].find(path => existsSync(join(path, 'index.html')))
  return folder
}

async function greetFirstAdmin(app: Application, alone: boolean): Promise<void> {
  // Of several servers that start, the later ones must not take back what the first has printed.
  const created =
    (await createFirstAdmin(app.accounts)) ?? (alone ? await renewFirstAdmin(app.accounts) : undefined)
  if (created === undefined) return
  app.say('')
  app.say(`  first sign-in:  user admin   one-time password ${created.oneTimePassword}`)
  app.say(
    alone
      ? '  It is changed at the first sign-in. Until then each start prints a new one, which ends this one.'
      : '  It is shown only now, and is changed at the first sign-in.',
  )
  app.say('')
}
