import type { Alert } from '../domain/alert.ts'
import type { Database } from '../lib/database.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { listBriefs } from '../store/briefs.ts'
import { findDraft } from '../store/case-read.ts'
import { alertsToRead } from '../store/case-surroundings.ts'
import { rejectionsSince } from '../store/proposals.ts'
import { type RemediationStep, remediationSteps } from './remediation.ts'
import type { ResponsePolicy } from './response-policy.ts'

const readLimit = 200
/** How long a rejection goes on speaking against the same action. */
const rejectionMemoryMs = 180 * 24 * 60 * 60 * 1000

/** The alerts of a case as they were taken in, at most 200: the first and the last. */
export async function caseAlerts(database: Database, tenant: string, caseId: string): Promise<Alert[]> {
  const rows = await alertsToRead(database, tenant, caseId, readLimit)
  return rows.flatMap(row => {
    const line = normalizeLine(Buffer.from(row.raw), { where: 'store', receivedAtMs: row.receivedMs })
    return line.kind === 'quarantined' ? [] : [line.alert]
  })
}

/** What can be done about a case, or `undefined` where there is no such case. */
export async function caseRemediation(
  database: Database,
  tenant: string,
  caseId: string,
  policy: ResponsePolicy,
  nowMs: number,
): Promise<RemediationStep[] | undefined> {
  const draft = await findDraft(database, tenant, caseId)
  if (draft === undefined) return undefined
  const computed = (await listBriefs(database, tenant, caseId)).find(
    stored => stored.brief.origin.kind === 'computed',
  )
  return remediationSteps(
    draft,
    await caseAlerts(database, tenant, caseId),
    computed?.evidence ?? [],
    policy,
    await rejectionsSince(database, tenant, nowMs - rejectionMemoryMs),
  )
}
