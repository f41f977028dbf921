import type { Page } from 'playwright-core'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import type { CasePage } from '../../src/http/contract-queue.ts'
import { until } from './api-person.ts'

/** Until the alerts of these lines are in cases and each case has the brief of all its alerts: from then on nothing in the queue moves by itself. */
export async function queueAtRest(page: Page, base: string, lines: string): Promise<void> {
  const alerts = lines.trim().split('\n').length
  await until(`cases of ${alerts} alerts, each with its brief`, async () => {
    const reply = await page.request.get(`${base}/api/cases?limit=100`)
    const { cases } = (await reply.json()) as CasePage
    const grouped = cases.reduce((sum, { alertCount }) => sum + alertCount, 0)
    if (grouped !== alerts || cases.some(({ headline }) => headline === null)) return undefined
    for (const { id, revision } of cases) {
      const detail = await page.request.get(`${base}/api/cases/${id}`)
      const { briefs } = (await detail.json()) as CaseDetail
      if (!briefs.some(brief => brief.revision === revision)) return undefined
    }
    return true
  })
}
