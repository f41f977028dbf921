import { modelSelectionSchema } from '../../src/domain/model-selection.ts'
import { defaultGrouping } from '../../src/group/grouping-options.ts'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import type { CasePage, CaseSummary } from '../../src/http/contract-queue.ts'
import { caseRoutes } from '../../src/http/routes/case-routes.ts'
import { entityRoutes } from '../../src/http/routes/entity-routes.ts'
import { exportRoutes } from '../../src/http/routes/export-routes.ts'
import { regroupRoutes } from '../../src/http/routes/regroup-routes.ts'
import { savedViewRoutes } from '../../src/http/routes/saved-view-routes.ts'
import { sessionRoutes } from '../../src/http/routes/session-routes.ts'
import { triageRoutes } from '../../src/http/routes/triage-routes.ts'
import { GroupingMemory } from '../../src/ingest/grouping-memory.ts'
import { createIngest } from '../../src/ingest/ingest.ts'
import { handleInvestigate } from '../../src/investigate/investigation-jobs.ts'
import { claim, complete } from '../../src/queue/jobs.ts'
import { startTestServer, type TestServer } from './test-server.ts'
import { wazuhLine } from './wazuh-alert.ts'

export const slaMinutes = [1440, 480, 120, 30]

/** The HTTP server with the routes of cases, an analyst who is signed in, and alerts that are grouped and briefed as they come. */
export async function openCaseServer() {
  const server = await startTestServer(accounts => [
    ...sessionRoutes(accounts, false, 1000),
    ...caseRoutes({ ...accounts, modelConfigured: false }),
    ...triageRoutes(accounts),
    ...regroupRoutes({ ...accounts, slaMinutes }),
    ...exportRoutes({ ...accounts, modelConfigured: false }),
    ...entityRoutes(accounts),
    ...savedViewRoutes(accounts),
  ])
  const { database, clock, ids } = server.accounts
  const memory = new GroupingMemory(defaultGrouping, ids, clock)
  const ingest = createIngest({ database, clock, ids, memory, slaMinutes })
  const analyst = await server.signIn('analyst')
  const list = async (query = ''): Promise<CasePage> =>
    (await analyst.call('GET', `/api/cases${query}`)).json()
  return {
    server,
    analyst,
    list,
    brief: () => brief(server),
    take: async (lines: readonly string[]): Promise<void> => {
      const records = lines.map((line, index) => ({ bytes: Buffer.from(line), where: `line ${index}` }))
      await ingest({ tenant: 'default', source: 'test', sample: false, lines: records })
      await brief(server)
    },
    detail: async (id: string): Promise<CaseDetail> => (await analyst.call('GET', `/api/cases/${id}`)).json(),
    caseOf: async (host: string): Promise<CaseSummary> => {
      const found = (await list(`?host=${host}`)).cases[0]
      if (found === undefined) throw new Error(`no case of ${host}`)
      return found
    },
  }
}
export type CaseServer = Awaited<ReturnType<typeof openCaseServer>>

export function alertOf(
  host: string,
  level: number,
  number: number,
  description = 'A rule of the test fired',
): string {
  return wazuhLine({
    id: `1770000000.${number}`,
    atMs: 1_770_000_000_000 + number * 1000,
    host,
    rule: [String(100_000 + level), level, description, ['test']],
    techniques: level > 10 ? ['T1059.001'] : [],
    data: { srcip: `203.0.113.${level}`, srcuser: `user-of-${host}` },
  })
}

/** Does what the worker does. */
async function brief(server: TestServer): Promise<void> {
  const { database, clock, ids } = server.accounts
  const selection = modelSelectionSchema.parse({})
  const parts = {
    database,
    clock,
    ids,
    lookUpAgents: async () => [],
    ask: undefined,
    selection,
    publishes: () => false,
    slaMinutes,
    shadows: async () => [],
  }
  for (;;) {
    const jobs = await claim(database, 'case-investigate', {
      limit: 10,
      leaseMs: 600_000,
      nowMs: clock.now(),
    })
    if (jobs.length === 0) return
    for (const job of jobs) await handleInvestigate(parts, job)
    await complete(database, jobs)
  }
}
