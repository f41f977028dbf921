import type { Page } from 'playwright-core'
import { until } from './api-person.ts'

/** Until the alerts of these lines are in cases and each case has its brief: from then on nothing in the queue moves by itself. */
export async function queueAtRest(page: Page, base: string, lines: string): Promise<void> {
  const alerts = lines.trim().split('\n').length
  await until(`cases of ${alerts} alerts, each with its brief`, async () => {
    const reply = await page.request.get(`${base}/api/cases?limit=100`)
    const { cases } = (await reply.json()) as { cases: { alertCount: number; headline: string | null }[] }
    const grouped = cases.reduce((sum, { alertCount }) => sum + alertCount, 0)
    return grouped === alerts && cases.every(({ headline }) => headline !== null) ? true : undefined
  })
}
