import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, startTestServer, type TestServer } from '../../test/support/test-server.ts'
import type { AiPolicy, GovernanceRecordView } from './contract-governance.ts'
import { governanceRoutes } from './routes/governance-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

let server: TestServer
let lead: Person
let other: Person
let ann: Person

beforeAll(async () => {
  server = await startTestServer(parts => [...sessionRoutes(parts, false, 1000), ...governanceRoutes(parts)])
  lead = await server.signIn('approver', 'lead')
  other = await server.signIn('approver', 'other')
  ann = await server.signIn('analyst', 'ann')
})
afterAll(() => server.close())

const add = (kind: string, content: object, by = lead) =>
  by.call('POST', `/api/governance/records/${kind}`, { content })
const change = (kind: string, id: string, version: number, content: object, by = lead) =>
  by.call('PUT', `/api/governance/records/${kind}/${id}`, { content, version })
const list = async (kind: string): Promise<GovernanceRecordView[]> =>
  (await lead.call('GET', `/api/governance/records/${kind}`)).json().records
const policy = async (by: Person): Promise<AiPolicy> =>
  (await by.call('GET', '/api/governance/ai-policy')).json()
const accept = (by: Person, version: number) =>
  by.call('POST', '/api/governance/ai-policy/acknowledgement', { version })

describe('the policy on the use of AI', () => {
  const first = { title: 'Working with AI', text: 'A model proposes. A person decides.' }

  it('is acknowledged by each person for themselves, and leads see who owes it', async () => {
    expect((await policy(ann)).policy).toBeNull()
    expect((await add('policy', first, ann)).statusCode).toBe(403)
    expect((await add('policy', first)).statusCode).toBe(200)
    expect(await policy(ann)).toMatchObject({
      policy: { ...first, version: 1 },
      acknowledgedMs: null,
      people: null,
    })
    expect((await accept(ann, 1)).statusCode).toBe(200)
    expect((await policy(ann)).acknowledgedMs).toBe(server.clock.now())
    const owed = (await policy(lead)).people?.map(({ person, atMs }) => [person.username, atMs === null])
    expect(owed?.sort()).toEqual([
      ['ann', false],
      ['lead', true],
      ['other', true],
    ])
  })

  it('is owed anew when it changes, and only the version in force can be acknowledged', async () => {
    const second = { ...first, text: `${first.text} Nobody approves what they have not read.` }
    expect((await change('policy', 'policy', 1, second)).statusCode).toBe(200)
    expect((await policy(ann)).acknowledgedMs).toBeNull()
    expect((await accept(ann, 1)).statusCode).toBe(409)
    expect((await accept(ann, 3)).statusCode).toBe(409)
    expect((await accept(ann, 2)).statusCode).toBe(200)
    // What was acknowledged stays on record, version by version.
    const rows = await server.test.database.query<{ version: number }>(
      'select version from policy_acknowledgements where user_id = $1 order by version',
      [ann.id],
    )
    expect(rows.map(({ version }) => version)).toEqual([1, 2])
  })
})

describe('the register of risks', () => {
  const risk = {
    title: 'Analysts follow the model unread',
    likelihood: 'medium',
    impact: 'high',
    owner: 'SOC lead',
    treatment: 'seeded suggestions once a month',
    state: 'open',
    reviewDue: '2026-12-31',
  }

  it('keeps every version, tells who changed what, and its digest is in the ledger', async () => {
    const { id } = (await add('risk', risk)).json()
    expect((await change('risk', id, 1, { ...risk, state: 'treated' }, other)).statusCode).toBe(200)
    expect((await change('risk', id, 1, { ...risk, state: 'closed' })).statusCode).toBe(409)
    expect(await list('risk')).toMatchObject([
      {
        id,
        version: 2,
        content: { state: 'treated' },
        createdBy: { username: 'lead' },
        changedBy: { username: 'other' },
      },
    ])
    const [kept] = await server.test.database.query<{ count: number }>(
      'select count(*) as count from governance_record_versions where record_id = $1',
      [id],
    )
    expect(kept?.count).toBe(2)
    const entries = await server.test.database.query<{ body: { digest: string } }>(
      `select body from ledger where subject = $1 order by seq`,
      [id],
    )
    expect(new Set(entries.map(({ body }) => body.digest)).size).toBe(2)
  })

  it.each([
    ['no owner', { owner: '' }, /owner/],
    ['a day that is none', { reviewDue: 'soon' }, /reviewDue/],
    ['a likelihood of its own', { likelihood: 'certain' }, /likelihood/],
    ['a member too many', { secret: 'x' }, /secret/],
  ])('refuses %s, and says which member', async (_name, wrong, why) => {
    const refused = await add('risk', { ...risk, ...wrong })
    expect(refused.statusCode).toBe(400)
    expect(refused.body).toMatch(why)
  })

  it('is not for analysts', async () => {
    expect((await add('risk', risk, ann)).statusCode).toBe(403)
    expect((await ann.call('GET', '/api/governance/records/risk')).statusCode).toBe(403)
  })
})

describe('an AI incident', () => {
  const incident = {
    title: 'A brief named a host that was not there',
    severity: 'high',
    noticed: '2026-06-01',
    state: 'open',
    what: 'The model said that db-02 was reached; no alert names it.',
    containment: '',
    cause: '',
    lesson: '',
  }

  it('goes from open to contained to resolved, and each step says what it takes', async () => {
    const { id } = (await add('incident', incident)).json()
    const contained = { ...incident, state: 'contained' }
    const refused = await change('incident', id, 1, contained)
    expect([refused.statusCode, refused.body]).toEqual([
      400,
      expect.stringContaining('say what was done at once'),
    ])
    const stopped = { ...contained, containment: 'rolled back to the earlier profile' }
    expect((await change('incident', id, 1, stopped)).statusCode).toBe(200)
    const over = { ...stopped, state: 'resolved' }
    expect((await change('incident', id, 2, over)).body).toContain('say the cause and what was learned')
    const known = {
      ...over,
      cause: 'a prompt without the list of hosts',
      lesson: 'a case in the suite summary',
    }
    expect((await change('incident', id, 2, known)).statusCode).toBe(200)
    expect((await list('incident'))[0]).toMatchObject({ version: 3, content: { state: 'resolved' } })
  })
})
