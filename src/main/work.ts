import type { WazuhGeneration } from '../domain/alert.ts'
import { runFeeds } from '../intel/feeds/run-feeds.ts'
import { scheduleDigests } from '../intel/send-digest.ts'
import { watchAlerts } from '../intel/watch-alerts.ts'
import type { InvestigationParts } from '../investigate/investigation-jobs.ts'
import { pause } from '../lib/abort.ts'
import { runWorker } from '../queue/run-worker.ts'
import { sweepProposals } from '../respond/confirm-outcome.ts'
import { alertsFile } from '../sources/alerts-file.ts'
import { indexerPoller } from '../sources/indexer-poller.ts'
import type { Source } from '../sources/source.ts'
import { deleteExpiredSessions } from '../store/sessions.ts'
import { alertPatterns, describeWazuh } from '../wazuh/generation.ts'
import type { TimeField } from '../wazuh/indexer.ts'
import type { Application } from './application.ts'
import { keepFolderKept } from './backup/kept-folder.ts'
import { intelPartsOf } from './intel-parts.ts'
import { handlersOf } from './job-handlers.ts'
import { reportModelHealth } from './model-overview.ts'
import { openFeeds } from './open-feeds.ts'
import { keepFiles } from './open-files.ts'
import { openModelsOnline } from './open-models-for.ts'
import { recheckInventory } from './recheck-inventory.ts'
import { shadowProfiles } from './route-models.ts'
import { runMailDoors } from './run-mail-doors.ts'
import { keepRetention } from './run-retention.ts'
import { runSources } from './run-sources.ts'
import { shipCheckpoints } from './ship-checkpoints.ts'
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
    await pause(sweepEveryMs, signal)
  }
}
