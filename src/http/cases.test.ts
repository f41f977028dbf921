import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertOf, type CaseServer, openCaseServer } from '../../test/support/case-server.ts'
import type { Person, TestServer } from '../../test/support/test-server.ts'
import type { CaseDetail } from './contract-cases.ts'
import type { CasePage, SavedView } from './contract-queue.ts'

const hosts = ['web-01', 'db-02', 'pc-03', 'dc-04', 'srv-05']
const levels = [3, 8, 12, 15, 5]
let server: TestServer
let analyst: Person
let colleague: Person
let take: CaseServer['take']
let list: CaseServer['list']
let detail: CaseServer['detail']
let caseOf: CaseServer['caseOf']
let brief: CaseServer['brief']

beforeAll(async () => {
  ;({ server, analyst, take, list, detail, caseOf, brief } = await openCaseServer())
  colleague = await server.signIn('analyst', 'colleague')
  await take(
    hosts.flatMap((host, index) => [0, 1, 2].map(n => alertOf(host, levels[index] ?? 3, index * 10 + n))),
  )
})
afterAll(() => server.close())

describe('the queue', () => {
  it('puts the gravest first, briefed, each with its clock', async () => {
    const { cases, total } = await list()
    expect(cases.map(entry => entry.severity)).toEqual(['critical', 'high', 'medium', 'low', 'low'])
    expect(total).toBe(5)
    for (const entry of cases) expect(entry.headline).toBeTruthy()
    expect(cases[0]?.sla).toEqual({ dueMs: server.clock.now() + 30 * 60_000, state: 'running' })
  })

  it('says of each why it stands there, and takes the severity alone where that is asked for', async () => {
    const { database } = server.test
    const { id } = await caseOf('db-02')
    const hosts = async (query: string) => (await list(query)).cases.map(entry => entry.hosts[0])
    await database.query('update cases set leaning = 0')
    expect((await caseOf('db-02')).standing).toBe('by-severity')
    await database.query('update cases set leaning = 1 where id = $1', [id])
    expect((await caseOf('db-02')).standing).toBe('likely-attack')
    expect(await hosts('')).toEqual(['dc-04', 'db-02', 'pc-03', 'srv-05', 'web-01'])
    expect(await hosts('?sort=severity')).toEqual(['dc-04', 'pc-03', 'db-02', 'srv-05', 'web-01'])
    await database.query('update cases set leaning = -1, leaning_severity = severity where id = $1', [id])
    expect((await caseOf('db-02')).standing).toBe('likely-benign')
    expect(await hosts('')).toEqual(['dc-04', 'pc-03', 'db-02', 'srv-05', 'web-01'])
    await database.query('update cases set leaning = 0 where id = $1', [id])
  })

  it('pages without gap or repetition in every order', async () => {
    for (const sort of ['priority', 'severity', 'newest', 'oldest', 'due', 'alerts']) {
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: CasePage = await list(`?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`)
        seen.push(...page.cases.map(entry => entry.id))
        cursor = page.nextCursor
      }
      expect(new Set(seen).size).toBe(5)
      expect(seen).toHaveLength(5)
    }
  })

  it.each([
    ['severity=high,critical', ['dc-04', 'pc-03']],
    ['host=WEB-01', ['web-01']],
    ['user=user-of-db-02', ['db-02']],
    ['technique=T1059', ['dc-04', 'pc-03']],
    ['technique=T105', []],
    ['text=rule%20of', ['dc-04', 'pc-03', 'db-02', 'srv-05', 'web-01']],
    ['text=203.0.113', ['dc-04', 'pc-03', 'db-02', 'srv-05', 'web-01']],
    ['text=user-of-srv', ['srv-05']],
    ['text=%25', []],
    [`text=${encodeURIComponent("'; drop table cases; --")}`, []],
    ['verdict=none&assignee=none&status=open', ['dc-04', 'pc-03', 'db-02', 'srv-05', 'web-01']],
    ['assignee=me', []],
    ['status=closed', []],
  ])('filters by %s', async (query, expected) => {
    const { cases } = await list(`?${query}`)
    expect(cases.map(entry => entry.hosts[0])).toEqual(expected)
  })

  it.each(['cursor=nonsense', 'cursor=WzEsMl0', 'limit=0', 'severity=worst', 'sort=random', 'fromMs=x'])(
    'refuses %s with the place of the mistake',
    async query => {
      const response = await analyst.call('GET', `/api/cases?${query}`)
      expect([response.statusCode, response.json().error.code]).toEqual([400, 'bad-request'])
      expect(response.json().error.where).toContain(query.split('=')[0])
    },
  )
})

describe('a case', () => {
  it('opens with brief, evidence that points into raw alerts, timeline and entities', async () => {
    const { id } = await caseOf('dc-04')
    const found = await detail(id)
    expect(found.briefs[0]?.review).toBe('not-needed')
    expect(found.modelBrief).toEqual({ kind: 'not-configured' })
    expect(found.timeline).toMatchObject([{ count: 3, level: 15 }])
    expect(found.entities.map(entity => entity.value)).toContain('203.0.113.15')
    const [first] = found.alerts.alerts
    const raw = await analyst.call(
      'GET',
      `/api/cases/${id}/alerts/${encodeURIComponent(first?.key ?? '')}/raw`,
    )
    expect(raw.json().raw).toBe(alertOf('dc-04', 15, 30))
  })

  it('of very many alerts is not moved into another one, and it is said what to do instead', async () => {
    const [large, small] = [await caseOf('pc-03'), await caseOf('web-01')]
    const { database } = server.accounts
    await database.query('update cases set alert_count = 50001 where id = $1', [large.id])
    const merged = await analyst.call('POST', `/api/cases/${small.id}/merge`, { ids: [large.id] })
    await database.query('update cases set alert_count = 3 where id = $1', [large.id])
    expect([merged.statusCode, merged.json().error.message]).toEqual([
      409,
      expect.stringContaining('open the largest of them'),
    ])
    expect((await detail(large.id)).alerts.alerts).toHaveLength(3)
  })

  it('does not show alerts of another case, or cases that are not there', async () => {
    const [one, other] = [await caseOf('dc-04'), await caseOf('web-01')]
    const key = (await detail(other.id)).alerts.alerts[0]?.key ?? ''
    const foreign = await analyst.call('GET', `/api/cases/${one.id}/alerts/${encodeURIComponent(key)}/raw`)
    expect(foreign.statusCode).toBe(404)
    expect((await analyst.call('GET', '/api/cases/case_x')).json().error.code).toBe('not-found')
  })

  it('is claimed by one person at a time', async () => {
    const { id } = await caseOf('srv-05')
    expect((await analyst.call('POST', `/api/cases/${id}/claim`, {})).json().case.status).toBe('in-progress')
    const taken = await colleague.call('POST', `/api/cases/${id}/claim`, {})
    expect([taken.statusCode, taken.json().error.code]).toEqual([409, 'claimed-by-another'])
    const over = await colleague.call('POST', `/api/cases/${id}/claim`, { takeOver: true })
    expect(over.json().case.assignee.username).toBe('colleague')
    expect((await analyst.call('POST', `/api/cases/${id}/release`)).json().case.assignee).toBeNull()
    expect((await detail(id)).history.map(entry => entry.kind)).toEqual([
      'created',
      'claimed',
      'claimed',
      'released',
    ])
  })

  it('closes with a verdict and its reason, and opens again', async () => {
    const { id } = await caseOf('db-02')
    const body = { verdict: 'false_positive', reason: 'a backup job\u0000 <b>of ours</b>' }
    expect((await analyst.call('POST', `/api/cases/${id}/verdict`, body)).json().case.status).toBe('closed')
    const closed = await detail(id)
    expect(closed.decision).toMatchObject({ verdict: 'false_positive', by: { username: 'analyst' } })
    expect(closed.case.sla.state).toBe('met')
    await analyst.call('POST', `/api/cases/${id}/reopen`, { reason: 'not so sure' })
    expect((await detail(id)).case).toMatchObject({ status: 'in-progress', verdict: null })
  })

  it('runs out of time after its own while, and a verdict after that is late', async () => {
    await take([alertOf('slow-07', 14, 700)])
    const { id, sla } = await caseOf('slow-07')
    const state = async () => (await caseOf('slow-07')).sla.state
    server.clock.advance(sla.dueMs - server.clock.now())
    expect(await state()).toBe('running')
    server.clock.advance(1)
    expect(await state()).toBe('breached')
    expect((await list('?sort=due&status=open')).cases.map(entry => entry.id)).toContain(id)
    await analyst.call('POST', `/api/cases/${id}/verdict`, { verdict: 'true_positive', reason: 'seen late' })
    expect((await detail(id)).case.sla.state).toBe('missed')
  })

  it('many get the same verdict at once, and those that are not there are named', async () => {
    const { id } = await caseOf('web-01')
    const body = { ids: [id, 'case_gone'], verdict: 'benign_true_positive', reason: 'maintenance' }
    const reply = (await analyst.call('POST', '/api/cases/verdict', body)).json()
    expect(reply.changed).toEqual([id])
    expect(reply.problems).toMatchObject([{ code: 'not-found', where: 'case_gone' }])
  })
})

describe('a saved view', () => {
  it('is an address: one’s own, or everybody’s, and only its owner takes it away', async () => {
    const save = async (person: Person, name: string, shared: boolean): Promise<SavedView> =>
      (
        await person.call('POST', '/api/saved-views', { name, query: 'severity=low&sort=oldest', shared })
      ).json()
    const names = async (person: Person): Promise<string[]> =>
      (await person.call('GET', '/api/saved-views'))
        .json()
        .views.map((view: SavedView) => `${view.name} of ${view.owner.username}`)
    const ours = await save(analyst, 'for all', true)
    await save(analyst, 'for me', false)
    expect(ours).toMatchObject({ query: 'severity=low&sort=oldest', shared: true })
    expect(await names(analyst)).toEqual(['for all of analyst', 'for me of analyst'])
    expect(await names(colleague)).toEqual(['for all of analyst'])
    expect((await colleague.call('DELETE', `/api/saved-views/${ours.id}`)).statusCode).toBe(404)
    expect((await analyst.call('DELETE', `/api/saved-views/${ours.id}`)).statusCode).toBe(200)
    expect(await names(colleague)).toEqual([])
  })
})

describe('regrouping', () => {
  it('splits alerts out and merges them back, every alert counted once', async () => {
    const { id } = await caseOf('dc-04')
    const keys = (await detail(id)).alerts.alerts.map(entry => entry.key)
    const all = await analyst.call('POST', `/api/cases/${id}/split`, { alertKeys: keys })
    expect(all.statusCode).toBe(409)
    const made = (
      await analyst.call('POST', `/api/cases/${id}/split`, { alertKeys: keys.slice(0, 1) })
    ).json().case
    await brief()
    expect([(await detail(id)).case.alertCount, (await detail(made.id)).case.alertCount]).toEqual([2, 1])
    const address = (found: CaseDetail) =>
      found.entities.find(entity => entity.value === '203.0.113.15')?.alertCount
    expect([address(await detail(id)), address(await detail(made.id))]).toEqual([2, 1])
    const merged = await analyst.call('POST', `/api/cases/${id}/merge`, { ids: [made.id] })
    expect(merged.json().case.alertCount).toBe(3)
    expect(address(await detail(id))).toBe(3)
    expect((await detail(made.id)).case).toMatchObject({ status: 'closed', mergedInto: id })
    const again = await analyst.call('POST', `/api/cases/${id}/merge`, { ids: [made.id] })
    expect(again.statusCode).toBe(409)
  })

  it('an entity leads to every case that names it', async () => {
    const pivot = (await analyst.call('GET', '/api/entities/address/203.0.113.15')).json()
    expect(pivot.caseCount).toBeGreaterThanOrEqual(1)
    expect(pivot.related.map((entity: { value: string }) => entity.value)).toContain('dc-04')
  })
})
