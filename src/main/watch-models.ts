import type { Notice } from '../domain/notice.ts'
import { type WatchFinding, watchProfiles } from '../governance/model-gates/watch-profiles.ts'
import { findNotices } from '../notify/find-notices.ts'
import type { Application } from './application.ts'
import { everyWhileLeader } from './every-while-leader.ts'

const everyMs = 60_000
/** Verdicts of people and evaluations come slowly, and reading months of them costs. */
const regressionEveryMs = 15 * 60_000
const dayMs = 86_400_000

/** What of the application watching takes. */
export type WatchedModels = Pick<Application, 'clock' | 'ids' | 'tenant' | 'owner' | 'notify'> & {
  readonly store: Pick<Application['store'], 'database'>
  readonly config: Pick<Application['config'], 'sourceSilentMs'>
  readonly logger: Pick<Application['logger'], 'warn' | 'error'>
}

/**
 * Looks once a minute how the models in use do, every quarter of an hour also whether they have become worse, and takes out those that do badly. Where the gates are not enforced it
 * leaves an active one in use and tells people, once a day while it lasts.
 */
export async function watchModels(app: WatchedModels, signal: AbortSignal): Promise<void> {
  const { clock, ids, tenant } = app
  let regressionMs = Number.NEGATIVE_INFINITY
  const round = async () => {
    const regression = clock.now() - regressionMs >= regressionEveryMs
    const findings = await watchProfiles({ clock, ids, database: app.store.database }, tenant, { regression })
    if (regression) regressionMs = clock.now()
    for (const finding of findings) app.logger.warn(finding, 'a model does badly')
    const notices = unwellNotices(findings, clock.now())
    // What was moved is told from the log of moves.
    if (notices.length > 0) await findNotices(app.notify, tenant, app.config.sourceSilentMs, notices)
  }
  await everyWhileLeader(app, { name: 'model-watch', everyMs }, round, signal)
}

function unwellNotices(findings: readonly WatchFinding[], nowMs: number): Notice[] {
  return findings.flatMap(({ profileId, done }) =>
    done === null
      ? [
          {
            key: `model-unwell:${profileId}:${Math.floor(nowMs / dayMs)}`,
            event: 'model-unwell' as const,
            subject: profileId,
            facts: { path: '/models' },
            atMs: nowMs,
          },
        ]
      : [],
  )
}
