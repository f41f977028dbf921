import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { type Person, startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import type { AskModel, ModelQuestion } from '../domain/model-question.ts'
import type { RunbookDraftView, RunbookView } from './contract-runbooks.ts'
import { governanceRoutes } from './routes/governance-routes.ts'
import { runbookRoutes } from './routes/runbook-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { triageRoutes } from './routes/triage-routes.ts'

let server: TestServer
let lead: Person
let ann: Person
let inventory: Inventory = {
  ...emptyInventory,
  hosts: ['fin-srv-03', 'fin-srv-04', 'fin-srv-05'],
  users: ['jsmith'],
}
const asked: ModelQuestion<unknown>[] = []
let said: { text: string; status: 'verified' | 'not-in-evidence' }[] = []

/** A model that says what a test wants, each sentence with its fate. */
const ask: AskModel = async question => {
  asked.push(question as ModelQuestion<unknown>)
  const answer = question.schema.parse({ steps: said.map(({ text }) => ({ text, evidence: [] })) })
  return {
    kind: 'answered',
    answer,
    claims: said.map(({ text, status }) => ({ text, evidence: [], status, reasons: [] })),
    model: 'cheap-cloud',
    zone: 'public',
    promptVersion: question.promptVersion,
    ledgerSeq: 1,
    usage: { inputTokens: 1, outputTokens: 1, costUsd: 0 },
  }
}

beforeAll(async () => {
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false, 1000),
    ...triageRoutes(parts),
    ...governanceRoutes(parts),
    ...runbookRoutes({ ...parts, inventory: async () => inventory, ask }),
  ])
  lead = await server.signIn('approver', 'lead')
  ann = await server.signIn('analyst', 'ann')
  const { database, clock } = server.accounts
  await newIngest(
    database,
    clock,
  )(
    inventory.hosts.map((host, n) =>
      wazuhLine({
        id: `1.${n}`,
        atMs: clock.now() - n * 3 * 86_400_000,
        host,
        rule: ['100200', 10, `Login of jsmith on ${host} at an odd hour`, ['test']],
        techniques: ['T1078'],
      }),
    ),
  )
  const rows = await database.query<{ id: string; hosts: string[] }>(
    'select id, hosts from cases order by hosts',
  )
  const reasons = [
    'jsmith from 10.1.2.3 stole the payroll on fin-srv-03',
    'shift change, jsmith told us',
    'shift change',
  ]
  for (const [index, { id }] of rows.entries())
    await ann.call('POST', `/api/cases/${id}/verdict`, {
      verdict: index === 0 ? 'true_positive' : 'benign_true_positive',
      reason: reasons[index],
    })
})
afterAll(() => server.close())

const draft = (kind: 'runbook' | 'exercise', by = lead) =>
  by.call('POST', '/api/runbooks/draft', { kind, ruleId: '100200' })
const names = /jsmith|fin-srv|10\.1\.2\.3/

describe('a runbook', () => {
  it('is drafted from decided cases by code, with their words and without their names', async () => {
    const made: RunbookDraftView = (await draft('runbook')).json()
    expect(made.text).not.toMatch(names)
    expect(made.text).toContain('- 2 of 3: real, but allowed')
    expect(made.text).toContain('- 1 of 3: attacks')
    expect(made.text).toContain('T1078')
    expect(made.text).toMatch(
      /attacks: \[USER-\d+\] from \[ADDR-INT-[\d-]+\] stole the payroll on \[HOST-\d+\]/,
    )
    expect((await draft('runbook', ann)).statusCode).toBe(403)
    const missing = await lead.call('POST', '/api/runbooks/draft', { kind: 'runbook', ruleId: '999' })
    expect(missing.statusCode).toBe(404)
  })

  it('is not drafted where a name would be left in it', async () => {
    await server.test.database.query(
      `insert into notes select 'default', 'note-1', id, 1, 'ann', $1 from cases where verdict = 'true_positive'`,
      [`saw GHP_${'a1'.repeat(18)} in the shell`],
    )
    const refused = await draft('runbook')
    expect(refused.statusCode).toBe(409)
    expect(refused.body).toContain('github-token')
    await server.test.database.query(`delete from notes`)
  })

  it('is improved by a model that is sent no name, and keeps only what the evidence bears out', async () => {
    const { text }: RunbookDraftView = (await draft('runbook')).json()
    said = [
      { text: 'Ask whether the shift changed before anything else.', status: 'verified' },
      { text: 'The attacker is always from abroad.', status: 'not-in-evidence' },
    ]
    // Whatever a person wrote into it by hand is redacted too before it leaves.
    const reply = await lead.call('POST', '/api/runbooks/improve', {
      ruleId: '100200',
      text: `${text}\n- call jsmith`,
    })
    const improved: RunbookDraftView = reply.json()
    const sent = JSON.stringify(asked.at(-1)?.evidence)
    expect(sent).not.toMatch(names)
    expect(sent).toContain('shift change')
    expect(asked.at(-1)).toMatchObject({ task: 'runbook' })
    expect(improved.text).toContain('## Proposed by cheap-cloud\n\n- Ask whether the shift changed')
    expect(improved.text).not.toContain('from abroad')
    expect(improved.model).toBe('cheap-cloud')
    said = [{ text: 'Nothing of this is so.', status: 'not-in-evidence' }]
    expect((await lead.call('POST', '/api/runbooks/improve', { ruleId: '100200', text })).statusCode).toBe(
      409,
    )
  })

  it('is kept with its versions by leads, and read by analysts once it is in use', async () => {
    const { text }: RunbookDraftView = (await draft('runbook')).json()
    const content = { title: 'Odd logins', ruleId: '100200', state: 'draft', text }
    const { id } = (await lead.call('POST', '/api/governance/records/runbook', { content })).json()
    const read = async (by: Person): Promise<RunbookView[]> =>
      (await by.call('GET', '/api/runbooks')).json().documents
    expect(await read(ann)).toEqual([])
    expect(await read(lead)).toMatchObject([{ id, state: 'draft', version: 1 }])
    const body = { content: { ...content, state: 'in-use' }, version: 1 }
    await lead.call('PUT', `/api/governance/records/runbook/${id}`, body)
    expect(await read(ann)).toMatchObject([{ id, state: 'in-use', version: 2, text }])
  })
})

describe('an exercise', () => {
  it('tells a decided case at relative times and without names; the answer is its keeper’s', async () => {
    const made: RunbookDraftView = (await draft('exercise')).json()
    expect(`${made.text}${made.answer}`).not.toMatch(names)
    expect(made.text).toMatch(/1\. \+0 min, level 10: Login of \[USER-\d+\] on \[HOST-\d+\]/)
    expect(made.text).not.toContain('true positive')
    expect(made.answer).toContain('People decided: true positive.')
    const content = {
      title: 'x',
      ruleId: '100200',
      state: 'in-use',
      text: made.text,
      answer: made.answer ?? '',
    }
    await lead.call('POST', '/api/governance/records/exercise', { content })
    const of = async (by: Person): Promise<RunbookView | undefined> =>
      (await by.call('GET', '/api/runbooks'))
        .json()
        .documents.find(({ kind }: RunbookView) => kind === 'exercise')
    expect((await of(ann))?.answer).toBeNull()
    expect((await of(lead))?.answer).toContain('true positive')
  })

  it('takes names that are added to the lists later out of the next draft', async () => {
    inventory = { ...inventory, terms: ['payroll'] }
    const made: RunbookDraftView = (await draft('exercise')).json()
    expect(made.answer).not.toContain('payroll')
  })
})
