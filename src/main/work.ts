import { investigateJob, modelBriefJob } from '../domain/job-kinds.ts'
import {
  handleInvestigate,
  handleModelBrief,
  type InvestigationParts,
} from '../investigate/investigation-jobs.ts'
import { modelSelectionSchema } from '../investigate/model-selection.ts'
import { type JobHandler, runWorker } from '../queue/run-worker.ts'
import { alertsFile } from '../sources/alerts-file.ts'
import type { Source } from '../sources/source.ts'
import { deleteExpiredSessions } from '../store/sessions.ts'
import type { Application } from './application.ts'
import { runSources } from './run-sources.ts'

/** Reads the sources and works on the queue until the signal fires; then finishes what is in hand. */
export async function work(app: Application, signal: AbortSignal): Promise<void> {
  const { database } = app.store
  await deleteExpiredSessions(database, app.clock.now())
  const investigation: InvestigationParts = {
    database,
    clock: app.clock,
    ids: app.ids,
    lookUpAgents: async () => [],
    ask: undefined,
    selection: modelSelectionSchema.parse({}),
    publishes: false,
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
  }
  await Promise.all([
    runWorker(worker, handlersOf(investigation), signal),
    runSources({ ...app, database }, sourcesOf(app), signal),
  ])
}

function handlersOf(investigation: InvestigationParts): JobHandler[] {
  return [
    {
      kind: investigateJob,
      concurrency: 4,
      leaseMs: 60_000,
      maxAttempts: 8,
      handle: job => handleInvestigate(investigation, job),
    },
    {
      kind: modelBriefJob,
      concurrency: 8,
      leaseMs: 15 * 60_000,
      maxAttempts: 5,
      handle: (job, stop) => handleModelBrief(investigation, job, stop),
    },
  ]
}

/** One line for each source that the settings name. */
function sourcesOf(app: Application): Source[] {
  const { config } = app
  return [
    ...(config.alertsFile === undefined
      ? []
      : [alertsFile({ path: config.alertsFile, pollMs: 500, batchLines: 1000 })]),
  ]
}
