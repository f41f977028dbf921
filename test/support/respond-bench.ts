import { randomBytes } from 'node:crypto'
import {
  noResponseSettings,
  type ResponseSettingsInput,
  responseSettings,
} from '../../src/domain/response-settings.ts'
import type { CaseResponse, ProposalView } from '../../src/http/contract-respond.ts'
import { accountRoutes } from '../../src/http/routes/account-routes.ts'
import { breakGlassRoutes } from '../../src/http/routes/break-glass-routes.ts'
import { factorRoutes } from '../../src/http/routes/factor-routes.ts'
import { respondRoutes } from '../../src/http/routes/respond-routes.ts'
import { responseSettingsRoutes } from '../../src/http/routes/response-settings-routes.ts'
import { sessionRoutes } from '../../src/http/routes/session-routes.ts'
import { createEgressFetch } from '../../src/lib/egress-fetch.ts'
import { Secret } from '../../src/lib/secret.ts'
import { confirmOutcome } from '../../src/respond/confirm-outcome.ts'
import { type ExecutionResult, executeProposal, type Outlets } from '../../src/respond/execute.ts'
import { peopleNow } from '../../src/respond/people-now.ts'
import { policyNow } from '../../src/respond/policy-now.ts'
import type { RespondPorts } from '../../src/respond/respond-ports.ts'
import { openTickets } from '../../src/respond/ticket.ts'
import { findProposal } from '../../src/store/proposals.ts'
import { openActiveResponse } from '../../src/wazuh/active-response.ts'
import { openWazuhApi } from '../../src/wazuh/server-api.ts'
import { newIngest } from './new-ingest.ts'
import { type Person, startTestServer, type TestServer, testPassword } from './test-server.ts'
import { type AlertParts, wazuhLine } from './wazuh-alert.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from './wazuh-server.ts'

/** Response actions on a real database and over real HTTP, with the stand-in of a Wazuh manager that has agent 007. */
export interface RespondBench {
  readonly server: TestServer
  readonly ports: RespondPorts
  readonly wazuh: WazuhStandIn
  readonly outlets: Outlets
  /** Takes these alerts in and returns the case of the last one. */
  caseOf(alerts: readonly AlertParts[]): Promise<string>
  respond(person: Person, caseId: string): Promise<CaseResponse>
  propose(person: Person, caseId: string, action: string, args: object, more?: object): Promise<Answer>
  decide(person: Person, proposal: ProposalView, more?: object): Promise<Answer>
  execute(id: string, signal?: AbortSignal): Promise<ExecutionResult>
  /** What agent 007 writes into active-responses.log about a proposal. */
  report(id: string, result: 'done' | 'failed' | 'refused', detail?: string): Promise<boolean>
  read(person: Person, id: string): Promise<ProposalView>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly error: string
  readonly proposal: ProposalView
}

const tenant = 'default'

export async function respondBench({
  file = {},
  secrets = {},
  // A starved machine answers late; only what hangs must run out.
  timeoutMs = 4_000,
}: {
  file?: ResponseSettingsInput
  secrets?: Readonly<Record<string, string>>
  timeoutMs?: number
} = {}): Promise<RespondBench> {
  const wazuh = await startWazuhServer([
    { id: '007', name: 'web-01', status: 'active', activeResponse: true },
  ])
  const fileSettings = Object.keys(file).length === 0 ? noResponseSettings : responseSettings.parse(file)
  let ports: RespondPorts | undefined
  const caseUrl = (caseId: string) => `https://tocsin.example/cases/${caseId}`
  const server = await startTestServer(accounts => {
    ports = {
      ...accounts,
      people: peopleNow,
      fileSettings,
      policy: (sql, asked) => policyNow(sql, asked, fileSettings),
      nonce: () => randomBytes(16).toString('hex'),
    }
    return [
      ...sessionRoutes(accounts, false, 1000),
      ...accountRoutes(accounts),
      ...factorRoutes(accounts),
      ...breakGlassRoutes(accounts, false, 1000),
      ...respondRoutes({ ports, accounts, tenant, connected: () => true, mailConnected: false, caseUrl }),
      ...responseSettingsRoutes({ ports, accounts, tenant, caseUrl, filePath: 'response.yaml' }),
    ]
  })
  if (ports === undefined) throw new Error('no ports') // The server builds its routes at once.
  const bound = ports
  const { clock } = server
  const api = openWazuhApi({
    baseUrl: wazuh.url,
    username: standInUser.username,
    password: new Secret(standInUser.password),
    fetch: createEgressFetch({
      rules: [{ host: '127.0.0.1', port: Number(new URL(wazuh.url).port), addresses: ['127.0.0.0/8'] }],
    }).fetch,
    clock,
    timeoutMs,
  })
  const outlets: Outlets = {
    activeResponse: openActiveResponse(api),
    mailGateway: undefined,
    ticket: openTickets({
      secret: name => (secrets[name] === undefined ? undefined : new Secret(secrets[name])),
      now: clock.now,
      timeoutMs,
    }),
    caseUrl,
  }
  const { database } = server.accounts
  const ingest = newIngest(database, clock)
  const answer = (response: { statusCode: number; json(): never }): Answer => {
    const body: { proposal?: ProposalView; error?: { message: string } } = response.json()
    // Callers that look at a proposal have looked at the status first.
    return {
      status: response.statusCode,
      error: body.error?.message ?? '',
      proposal: body.proposal as ProposalView,
    }
  }
  return {
    server,
    ports: bound,
    wazuh,
    outlets,
    async caseOf(alerts) {
      await ingest(alerts.map(wazuhLine))
      const last = JSON.parse(wazuhLine(alerts.at(-1) ?? { rule: ['1', 3, '', []] })).id
      const [row] = await database.query<{ case_id: string }>(
        `select case_id from alerts where tenant_id = $1 and raw::text like '%' || $2 || '%'`,
        [tenant, `"id":"${last}"`],
      )
      if (row === undefined) throw new Error(`no case of alert ${last}`)
      return row.case_id
    },
    async respond(person, caseId) {
      return (await person.call('GET', `/api/cases/${caseId}/response`)).json()
    },
    async propose(person, caseId, action, args, more = {}) {
      const body = { action, arguments: args, agentId: '007', platform: 'linux', reason: 'a test', ...more }
      return answer(await person.call('POST', `/api/cases/${caseId}/proposals`, body))
    },
    async decide(person, proposal, more = {}) {
      const body = {
        digest: proposal.digest,
        decision: 'approve',
        proof: { kind: 'password', password: testPassword },
        ...more,
      }
      return answer(await person.call('POST', `/api/proposals/${proposal.id}/decision`, body))
    },
    execute: (id, signal = AbortSignal.timeout(300_000)) =>
      executeProposal(bound, outlets, tenant, id, signal),
    async report(id, result, detail = 'said the host') {
      const proposal = await findProposal(database, tenant, id)
      const nonce = proposal?.content.nonce ?? ''
      return confirmOutcome(bound, tenant, { proposal: id, nonce, agentId: '007', result, detail })
    },
    async read(person, id) {
      return answer(await person.call('GET', `/api/proposals/${id}`)).proposal
    },
    async close() {
      await server.close()
      await wazuh.close()
    },
  }
}
