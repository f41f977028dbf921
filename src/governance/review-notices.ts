import type { Notice } from '../domain/notice.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { listRecords } from '../store/governance-records.ts'
import { recordKinds } from './record-kinds.ts'

const dayMs = 86_400_000
/** So long before a day people hear of it. */
const soonMs = 14 * dayMs

/** When a record is to be looked at again, as its day; empty where nobody said, or it is over. */
const reviewDays = {
  supplier: (content: unknown) => recordKinds.supplier.parse(content).reviewDue,
  risk: (content: unknown) => {
    const { state, reviewDue } = recordKinds.risk.parse(content)
    return state === 'closed' ? '' : reviewDue
  },
  decision: (content: unknown) => recordKinds.decision.parse(content).reviewDue,
} as const

/**
 * Records of the registers whose review is due within two weeks, and once more those that are overdue: an unreviewed supplier closes the
 * gate for its models, and nobody would know why. A new date is a new notice.
 */
export async function reviewNotices(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  tenant: string,
): Promise<Notice[]> {
  const nowMs = clock.now()
  const notices: Notice[] = []
  for (const kind of Object.keys(reviewDays) as (keyof typeof reviewDays)[]) // Its own keys.
    for (const { id, content } of await listRecords(database, tenant, kind)) {
      const day = reviewDays[kind](content)
      const endMs = day === '' ? Number.POSITIVE_INFINITY : Date.parse(`${day}T23:59:59.999Z`)
      if (endMs > nowMs + soonMs) continue
      notices.push({
        key: `review-${nowMs > endMs ? 'overdue' : 'due'}:${id}:${day}`,
        event: 'review-due',
        subject: id,
        facts: { path: '/governance' },
        atMs: nowMs,
      })
    }
  return notices
}
