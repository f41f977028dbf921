import { watchProfiles } from '../governance/model-gates/watch-profiles.ts'
import type { Application } from './application.ts'
import { everyWhileLeader } from './every-while-leader.ts'

/** Looks once a minute how the models in use do, and takes out those that do badly. */
export async function watchModels(app: Application, signal: AbortSignal): Promise<void> {
  const round = async () => {
    const findings = await watchProfiles({ ...app, database: app.store.database }, app.tenant)
    for (const finding of findings) app.logger.warn(finding, 'a model does badly')
  }
  await everyWhileLeader(app, { name: 'model-watch', everyMs: 60_000 }, round, signal)
}
