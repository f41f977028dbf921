import { environmentSecret } from '../config.ts'
import type { WazuhGeneration } from '../domain/alert.ts'
import {
  alertMailJob,
  contextJob,
  digestJob,
  executeJob,
  historyJob,
  huntJob,
  inventoryJob,
  investigateJob,
  mailJudgeJob,
  mailRaiseJob,
  mailShareJob,
  modelBriefJob,
  noticeJob,
  publishJob,
  reportJob,
  ruleDraftJob,
  shadowBriefJob,
} from '../domain/job-kinds.ts'
import type { AskModel } from '../domain/model-question.ts'
import { addReport } from '../intel/add-report.ts'
import { runFeeds } from '../intel/feeds/run-feeds.ts'
import { handleHunt } from '../intel/hunt.ts'
import { handleHistoryHunt } from '../intel/hunt-history.ts'
import { handleInventoryLook } from '../intel/look-in-inventory.ts'
import { handleContext } from '../intel/report-context.ts'
import { handleDigest, scheduleDigests } from '../intel/send-digest.ts'
import { watchAlerts } from '../intel/watch-alerts.ts'
import {
  handleInvestigate,
  handleModelBrief,
  type InvestigationParts,
} from '../investigate/investigation-jobs.ts'
import { handleShadowBrief } from '../investigate/shadow-brief.ts'
import { sleep } from '../lib/abort.ts'
import { handleAlertMail } from '../mail/alert-mail.ts'
import { handleMailJudgement } from '../mail/judgement/judge-job.ts'
import { handleMailRaise } from '../mail/raise-job.ts'
import { handleMailShare } from '../mail/share-job.ts'
import { deliveryTries, handleDelivery } from '../notify/deliver-job.ts'
import { revealedInWazuh } from '../policy/policy.ts'
import { publishCase } from '../publish/publish-case.ts'
import { type JobHandler, runWorker } from '../queue/run-worker.ts'
import { sweepProposals } from '../respond/confirm-outcome.ts'
import { executeProposal } from '../respond/execute.ts'
import { handleExecute, handleReport } from '../respond/respond-jobs.ts'
import { openTickets } from '../respond/ticket.ts'
import { handleRuleDraft } from '../rule-drafts/drafting-job.ts'
import { alertsFile } from '../sources/alerts-file.ts'
import { indexerPoller } from '../sources/indexer-poller.ts'
import type { Source } from '../sources/source.ts'
import { deleteExpiredSessions } from '../store/sessions.ts'
import { alertPatterns, describeWazuh } from '../wazuh/generation.ts'
import type { TimeField } from '../wazuh/indexer.ts'
import type { Application } from './application.ts'
import { keepFolderKept } from './backup/kept-folder.ts'
import { intelPartsOf } from './intel-parts.ts'
import { reportModelHealth } from './model-overview.ts'
import { openFeeds } from './open-feeds.ts'
import { keepFiles } from './open-files.ts'
import { masterKeyOf, openModelsOnline, readPolicyFile, vaultsOf } from './open-models-for.ts'
import { openRuleDrafts } from './open-rule-drafts.ts'
import { recheckInventory } from './recheck-inventory.ts'
import { shadowProfiles } from './route-models.ts'
import { runMailDoors } from './run-mail-doors.ts'
import { keepRetention } from './run-retention.ts'
import { runSources } from './run-sources.ts'
import { shipCheckpoints } from './ship-checkpoints.ts'
import { openSmtpRelay } from './smtp-relay.ts'
import { watchHoldUps } from './watch-hold-ups.ts'
import { watchModels } from './watch-models.ts'
import { watchNotices } from './watch-notices.ts'

/** Reads the sources and works on the queue until the signal fires; then finishes what is in hand. */
export async function work(app: Application, stop: AbortSignal): Promise<void> {
  const { database } = app.store
  const ending = new AbortController()
  const signal = AbortSignal.any([stop, ending.signal])
  await deleteExpiredSessions(database, app.clock.now())
  const feeds = await openFeeds(app.config.feedsFile)
  const models = await openModelsOnline(app.config, { ...app, database })
  const investigation: InvestigationParts = {
    database,
    clock: app.clock,
    ids: app.ids,
    lookUpAgents: app.wazuh.lookUpAgents,
    addedTechniques: app.attack.added,
    ask: models.ask,
    selection: models.selection,
    publishes: app.wazuh.publishes,
    slaMinutes: app.config.slaMinutes,
    shadows: tenant => shadowProfiles(database, tenant, models.profileIds),
  }
  const worker = {
    database,
    clock: app.clock,
    random: Math.random,
    onFailure: (job: { kind: string; key: string; attempt: number }, error: unknown, willRetry: boolean) =>
      app.logger.error(
        { err: error, job: job.kind, key: job.key, attempt: job.attempt, willRetry },
        'a job failed',
      ),
    onTrouble: (error: unknown) => app.logger.error({ err: error }, 'the queue could not be read'),
    pulse: app.pulse,
    onSetAside: (count: number) =>
      app.logger.error({ count }, 'jobs that took their workers down are set aside: see Settings, Jobs'),
  }
  try {
    const parts = [
      runWorker(worker, handlersOf(app, investigation, models.ask), signal),
      sweep(app, signal),
      reportModelHealth(app, models, signal),
      watchNotices(app, signal),
      shipCheckpoints(app, signal),
      keepRetention(app, signal),
      keepFiles(app, signal),
      keepFolderKept(app, signal),
      watchHoldUps(app, signal),
      ...(app.wazuh.indexer === undefined ? [] : [recheckInventory(app, signal)]),
      watchModels(app, signal),
      runMailDoors(app, signal),
      runFeeds(
        {
          ...intelPartsOf(app),
          owner: app.owner,
          onFailure: (feed, error) => app.logger.warn({ err: error, feed }, 'a feed could not be read'),
        },
        feeds,
        signal,
      ),
      scheduleDigests(
        {
          ...app,
          database,
          onFailure: error => app.logger.error({ err: error }, 'the digest could not be queued'),
        },
        signal,
      ),
      watchAlerts(
        {
          ...app,
          database,
          onFailure: error => app.logger.error({ err: error }, 'the indicator watch failed'),
        },
        signal,
      ),
      runSources({ ...app, database }, sourcesOf(app), signal),
    ]
    await Promise.all(parts).catch(async error => {
      // One that fails ends the others: a program of which only some work goes on is not started again.
      ending.abort()
      await Promise.allSettled(parts)
      throw error
    })
  } finally {
    await models.close()
  }
}

function handlersOf(
  app: Application,
  investigation: InvestigationParts,
  ask: AskModel | undefined,
): JobHandler[] {
  const { sink, activeResponse, indexer } = app.wazuh
  const outlets = {
    activeResponse,
    mailGateway: app.mailGateway,
    ticket: openTickets({ secret: environmentSecret, now: app.clock.now, timeoutMs: 15_000 }),
    caseUrl: app.consoleAddress.caseUrl,
  }
  return [
    {
      kind: investigateJob,
      concurrency: 4,
      leaseMs: 5 * 60_000,
      maxAttempts: 8,
      handle: job => handleInvestigate(investigation, job),
    },
    // More than a model of eight places takes at once: while eight are asked, the evidence of the next is gathered and the answers
    // of the last are judged and kept, which takes a sixth of the time where an answer takes a second (bench/README.md, scale).
    {
      kind: modelBriefJob,
      concurrency: 12,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) => handleModelBrief(investigation, job, stop),
    },
    {
      kind: shadowBriefJob,
      concurrency: 1,
      leaseMs: 15 * 60_000,
      maxAttempts: 2,
      handle: (job, stop) => handleShadowBrief(investigation, job, stop),
    },
    {
      kind: mailJudgeJob,
      concurrency: 2,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) => handleMailJudgement(app.mail, investigation.ask, job, stop),
    },
    {
      kind: alertMailJob,
      concurrency: 2,
      leaseMs: 5 * 60_000,
      maxAttempts: 5,
      handle: job => handleAlertMail(app.mail, job),
    },
    {
      kind: mailShareJob,
      concurrency: 1,
      leaseMs: 5 * 60_000,
      maxAttempts: 8,
      handle: (job, stop) =>
        handleMailShare(
          app.mail,
          async ({ name, text, by }, halt) => {
            const incoming = { bytes: Buffer.from(text), name, source: 'mail', trust: 'B', by }
            await addReport(intelPartsOf(app), incoming, halt)
          },
          job,
          stop,
        ),
    },
    {
      kind: mailRaiseJob,
      concurrency: 4,
      leaseMs: 60_000,
      maxAttempts: 20,
      handle: job =>
        handleMailRaise(
          app.mail,
          async (tenant, line) => {
            const lines = [{ bytes: Buffer.from(line), where: `mail ${job.key}` }]
            await app.ingest({ tenant, source: 'mail', sample: false, lines })
          },
          job,
        ),
    },
    {
      kind: noticeJob,
      concurrency: 4,
      leaseMs: 60_000,
      maxAttempts: deliveryTries,
      handle: (job, stop) => handleDelivery(app.notify, job, stop),
    },
    {
      kind: reportJob,
      concurrency: 2,
      leaseMs: 60_000,
      maxAttempts: 8,
      handle: job => handleReport(app.respond, job),
    },
    {
      kind: contextJob,
      concurrency: 2,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) =>
        handleContext({ database: app.store.database, ask, attack: app.attack }, job, stop),
    },
    {
      kind: huntJob,
      concurrency: 1,
      leaseMs: 10 * 60_000,
      maxAttempts: 20,
      handle: (job, stop) => handleHunt({ database: app.store.database, clock: app.clock }, job, stop),
    },
    {
      kind: digestJob,
      concurrency: 1,
      leaseMs: 5 * 60_000,
      maxAttempts: 12,
      handle: (job, stop) =>
        handleDigest(
          {
            database: app.store.database,
            clock: app.clock,
            publicUrl: app.consoleAddress.url(),
            send: openSmtpRelay(app.config),
            attack: app.attack,
          },
          job,
          stop,
        ),
    },
    ...(indexer === undefined
      ? []
      : [
          {
            kind: historyJob,
            concurrency: 1,
            leaseMs: 10 * 60_000,
            maxAttempts: 200,
            handle: (job, stop) =>
              handleHistoryHunt(
                {
                  database: app.store.database,
                  clock: app.clock,
                  indexer,
                  takeIn: lines =>
                    app.ingest({ tenant: job.tenant, source: 'retro-hunt', sample: false, lines }),
                },
                job,
                stop,
              ),
          } satisfies JobHandler,
          {
            kind: inventoryJob,
            concurrency: 1,
            leaseMs: 5 * 60_000,
            maxAttempts: 20,
            handle: (job, stop) =>
              handleInventoryLook({ database: app.store.database, clock: app.clock, indexer }, job, stop),
          } satisfies JobHandler,
        ]),
    {
      kind: ruleDraftJob,
      concurrency: 1,
      leaseMs: 30 * 60_000,
      maxAttempts: 3,
      handle: (job, stop) => handleRuleDraft({ ...openRuleDrafts(app), ask }, job, stop),
    },
    // What needs something that is not connected waits until it is, or expires.
    {
      kind: executeJob,
      concurrency: 2,
      leaseMs: 60_000,
      maxAttempts: 100,
      handle: (job, stop) =>
        handleExecute(
          (tenant, id, halt) => executeProposal(app.respond, outlets, tenant, id, halt),
          job,
          stop,
        ),
    },
    ...(sink === undefined
      ? []
      : [
          {
            kind: publishJob,
            concurrency: 2,
            leaseMs: 60_000,
            maxAttempts: 20,
            handle: async (job, stop) =>
              publishCase(
                {
                  database: app.store.database,
                  clock: app.clock,
                  sink,
                  indexer: app.config.publishDocument ? app.wazuh.indexer : undefined,
                  caseUrl: app.consoleAddress.caseUrl,
                  vaultOf: async (tenant, caseId) =>
                    vaultsOf(app.store.database, await masterKeyOf(app.config)()).read({ tenant, caseId }),
                  revealed: revealedInWazuh(await readPolicyFile(app.config)),
                },
                job,
                stop,
              ),
          } satisfies JobHandler,
        ]),
  ]
}

/** One line for each source that the settings name. */
function sourcesOf(app: Application): Source[] {
  const { config } = app
  return [
    ...(config.alertsFile === undefined ? [] : [alertsFile({ path: config.alertsFile, pollMs: 500 })]),
    ...indexerSources(app),
  ]
}

/** Alerts of Wazuh 4, findings of Wazuh 5, or both: whatever the indexer has, as far as it says. */
function indexerSources({ wazuh, clock, config }: Application): Source[] {
  const { indexer, which } = wazuh
  if (indexer === undefined) return []
  const of = (generation: WazuhGeneration, name: string, timeField: TimeField) =>
    indexerPoller({
      name,
      indexer,
      pattern: alertPatterns[generation],
      timeField,
      notHere: async signal => {
        const found = await which.ask(signal)
        return found.indexed.includes(generation) ? undefined : describeWazuh(found)
      },
      clock,
      intervalMs: config.indexerPollMs,
      overlapMs: 60_000,
      lateMs: 3 * 24 * 60 * 60_000,
      firstLookBackMs: 24 * 60 * 60_000,
    })
  return [of(4, 'indexer', 'timestamp'), of(5, 'indexer-findings', '@timestamp')]
}

const sweepEveryMs = 30_000

/** Moves proposals on that expired, were lost in a crash, or were never answered. */
async function sweep(app: Application, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sweepProposals(app.respond, app.tenant).catch(error =>
      app.logger.error({ err: error }, 'sweeping proposals failed'),
    )
    await sleep(sweepEveryMs, signal).catch(() => undefined) // Only the signal ends it; the loop sees it.
  }
}
