import type { Config } from '../../config.ts'
import type { EvaluationItem } from '../../evaluation/suite-items.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { alertsToRead } from '../../store/case-surroundings.ts'
import { listFeedbackCases, mailBytes } from '../../store/feedback.ts'
import type { Io } from '../command.ts'
import { withStore } from '../with-store.ts'

const mostItems = 2000
/** Of each case: the first and the last ones where there are more. */
const mostAlerts = 40
const dayMs = 86_400_000

/** What people decided in the last `days`, as items of an evaluation: read from the database, not from a copy. */
export function feedbackSuite(config: Config, days: number, io: Io): Promise<EvaluationItem[]> {
  return withStore(config, io, store =>
    feedbackItems(store.database, config.tenant, systemClock.now() - days * dayMs),
  )
}

/** The same from an open database. Cases are told apart from harmless ones; mails by their verdict; questions by words. */
export async function feedbackItems(
  database: Database,
  tenant: string,
  sinceMs: number,
): Promise<EvaluationItem[]> {
  const rows = await listFeedbackCases(database, tenant, sinceMs, mostItems)
  const items: EvaluationItem[] = []
  for (const { id, kind, title, expected, withdrawn } of rows) {
    if (withdrawn) continue
    if (kind === 'question') items.push({ id, task: 'chat', input: { question: title }, expected })
    else if (kind === 'mail') {
      const raw = await mailBytes(database, tenant, id.slice('mail:'.length))
      if (raw !== undefined)
        items.push({ id, task: 'mail', input: { base64: raw.toString('base64') }, expected })
    } else {
      const alerts = await alertsToRead(database, tenant, id.slice('case:'.length), mostAlerts)
      const input = alerts.map(({ raw }): unknown => JSON.parse(raw))
      if (input.length > 0) items.push({ id, task: 'triage', input, expected })
    }
  }
  return items
}
