// A worker that carries out one proposal and is killed (kill -9, from within) at the step that it is told. Arguments: a
// JSON object {connection, wazuhUrl, port, proposal, step}.
import { randomBytes } from 'node:crypto'
import { noResponseSettings } from '../../src/domain/response-settings.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Database } from '../../src/lib/database.ts'
import { createEgressFetch } from '../../src/lib/egress-fetch.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { executeProposal } from '../../src/respond/execute.ts'
import { peopleNow } from '../../src/respond/people-now.ts'
import { policyNow } from '../../src/respond/policy-now.ts'
import { connectDatabase } from '../../src/store/connect.ts'
import { openActiveResponse } from '../../src/wazuh/active-response.ts'
import { openWazuhApi } from '../../src/wazuh/server-api.ts'
import { standInUser } from './wazuh-server.ts'

const given = JSON.parse(process.argv[2] ?? '{}')
const die = (step: string) => {
  if (given.step === step) process.kill(process.pid, 'SIGKILL')
}

const real = connectDatabase({
  connection: given.connection,
  maxConnections: 2,
  onIdleError: () => undefined,
})
let transactions = 0
const database: Database = {
  ...real,
  query: (text, values) => real.query(text, values),
  transaction: work =>
    real.transaction(async sql => {
      const result = await work(sql)
      // Everything is written and nothing is committed.
      die(++transactions === 1 ? 'claim-not-committed' : 'outcome-not-committed')
      return result
    }),
}
const api = openWazuhApi({
  baseUrl: given.wazuhUrl,
  username: standInUser.username,
  password: new Secret(standInUser.password),
  fetch: createEgressFetch({
    rules: [{ host: '127.0.0.1', port: given.port, addresses: ['127.0.0.0/8'] }],
  }).fetch,
  clock: systemClock,
  timeoutMs: 10_000,
})
const activeResponse = openActiveResponse(async (request, signal) => {
  die('claimed-not-sent')
  const reply = await api(request, signal)
  die('sent-not-noted')
  return reply
})
await executeProposal(
  {
    database,
    people: peopleNow,
    fileSettings: noResponseSettings,
    policy: (sql, tenant) => policyNow(sql, tenant, noResponseSettings),
    // The proposal was made under the test's own clock.
    clock: { now: () => given.nowMs },
    ids: randomIds(),
    nonce: () => randomBytes(16).toString('hex'),
  },
  { activeResponse, mailGateway: undefined, ticket: undefined, caseUrl: id => id },
  'default',
  given.proposal,
  AbortSignal.timeout(300_000),
)
await real.close()
