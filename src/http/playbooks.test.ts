import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { intrusion } from '../../test/support/sample-alerts.ts'
import { type Person, startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { indexDocuments } from '../chat/documents/document-index.ts'
import { examplePlaybooks } from '../chat/playbooks/example-playbooks.ts'
import { RecentAlerts } from '../chat/recent-alerts.ts'
import { assistantTools } from '../chat/tools/assistant-tools.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import { setLearningRequired } from '../store/assistant-learning.ts'
import { insertChat, insertChatMessage } from '../store/chats.ts'
import type { PlaybookRunView } from './contract-playbooks.ts'
import { playbookRoutes } from './routes/playbook-routes.ts'
import { RunningAnswers } from './routes/running-answers.ts'
import { sessionRoutes } from './routes/session-routes.ts'

// Playbooks over the real HTTP server and a real database, without a model: what a step finds is told by code.

let server: TestServer
let ada: Person
let caseId: string

beforeAll(async () => {
  server = await startTestServer(accounts => {
    const { database, clock, ids, tenant } = accounts
    const alerts = new RecentAlerts(database, tenant)
    const tools = assistantTools({ alerts, rankTechniques, documents: indexDocuments([]), database })
    return [
      ...sessionRoutes(accounts, false),
      ...playbookRoutes({
        database,
        tenant,
        clock,
        ids,
        running: new RunningAnswers(),
        stopping: new AbortController().signal,
        turn: { tools, data: { alerts, rankTechniques }, clock, model: undefined },
      }),
    ]
  })
  const { database } = server.test
  const ingest = newIngest(database, server.clock)
  await ingest(intrusion(server.clock.now()).trimEnd().split('\n'))
  const [row] = await database.query<{ id: string }>('select id from cases order by alert_count desc limit 1')
  caseId = row?.id ?? ''
  ada = await server.signIn('analyst', 'ada')
})
afterAll(() => server.close())

const guessing = {
  name: 'Guessed password',
  description: 'Where did it come from, and what came after?',
  parameters: [{ name: 'address', label: 'Source address', entityType: 'address' }],
  steps: [
    { kind: 'question', text: 'How many alerts are there?' },
    { kind: 'search', tool: 'entity_timeline', input: { value: '{{address}}', limit: 5 } },
    { kind: 'question', text: '/ioc {{address}}' },
  ],
}

const save = async (playbook: object = guessing, person = ada): Promise<string> => {
  const reply = await person.call('POST', '/api/playbooks', playbook)
  expect(reply.statusCode, reply.body).toBe(200)
  return reply.json().id
}
const start = (id: string, more: object = {}, person = ada) =>
  person.call('POST', `/api/playbooks/${id}/runs`, { caseId, values: { address: '203.0.113.77' }, ...more })
const take = (run: string, step: number, more: object = {}, person = ada) =>
  person.call('POST', `/api/playbook-runs/${run}/steps`, { step, ...more })

describe('a playbook', () => {
  it('is written, changed and deleted, with who did it', async () => {
    const id = await save()
    const changed = await ada.call('PUT', `/api/playbooks/${id}`, { ...guessing, name: 'Guessed' })
    expect(changed.json()).toMatchObject({ id, name: 'Guessed', changedBy: { username: 'ada' } })
    const listed = (await ada.call('GET', '/api/playbooks')).json().playbooks
    expect(listed).toMatchObject([{ id, steps: guessing.steps, parameters: guessing.parameters }])
    expect((await ada.call('DELETE', `/api/playbooks/${id}`)).statusCode).toBe(200)
    expect((await ada.call('DELETE', `/api/playbooks/${id}`)).statusCode).toBe(404)
    expect((await ada.call('PUT', `/api/playbooks/${id}`, guessing)).statusCode).toBe(404)
  })

  it('is not saved where a step of it could never be taken', async () => {
    const steps = [{ kind: 'search', tool: 'approve_proposal', input: {} }]
    const reply = await ada.call('POST', '/api/playbooks', { ...guessing, steps })
    expect(reply.statusCode).toBe(400)
    expect(reply.json().error.message).toContain('step 1: there is no search approve_proposal')
  })

  it('is written by analysts and read by everybody', async () => {
    const viewer = await server.signIn('viewer', 'vera')
    expect((await viewer.call('POST', '/api/playbooks', guessing)).statusCode).toBe(403)
    expect((await viewer.call('GET', '/api/playbooks')).statusCode).toBe(200)
  })
})

describe('the examples that come with it', () => {
  const values = {
    address: '203.0.113.77',
    user: 'root',
    host: 'web-07',
    file: '/root/.ssh/authorized_keys',
    words: 'invoice',
    domain: 'login.example',
  }

  it('say what they are, and are saved as one’s own', async () => {
    const { examples } = (await ada.call('GET', '/api/playbook-examples')).json()
    expect(examples.length).toBeGreaterThanOrEqual(3)
    for (const { id: _id, ...example } of examples) {
      expect(example.name).toMatch(/^Example: /)
      const saved = await save(example)
      const { playbooks } = (await ada.call('GET', '/api/playbooks')).json()
      expect(playbooks.find((each: { id: string }) => each.id === saved)).toMatchObject(example)
    }
  })

  it.each(examplePlaybooks)('$name: every step of it is answered, without a model', async example => {
    const { id: _id, ...content } = example
    const reply = await start(await save(content), { values })
    expect(reply.statusCode, reply.body).toBe(200)
    const run: PlaybookRunView = reply.json()
    for (const [index, { step }] of run.steps.entries()) {
      expect(JSON.stringify(step)).not.toContain('{{')
      const taken: PlaybookRunView = (await take(run.id, index)).json()
      const answer = taken.steps[index]?.answer
      expect(answer, JSON.stringify(step)).toMatchObject({ route: 'deterministic', model: null })
      expect(answer?.sentences.length, JSON.stringify(step)).toBeGreaterThan(0)
      // What is said where no route, no answerer and no tool knows the question.
      expect(answer?.answer, JSON.stringify(step)).not.toMatch(/could not find it|Ask in words/)
      expect(answer?.steps.filter(each => each.failed)).toEqual([])
    }
  })

  it('find what is in the case', async () => {
    const example = examplePlaybooks.find(each => each.id === 'suspicious-log-on')
    const { id: _id, ...content } = example ?? { id: '' }
    const run = (await start(await save(content), { values })).json()
    const found: string[] = []
    for (const index of run.steps.keys())
      found.push((await take(run.id, index)).json().steps[index].answer.answer)
    expect(found[1]).toMatch(/^12 alerts/)
    expect(found[2]).toContain('root (13)')
    expect(found[5]).toContain('Level 3, rule 5715: sshd: authentication success.')
    expect(found[8]).toContain('203.0.113.77 is in 1 case with 13 alerts')
    expect(found[9]).toContain('T1078')
  })
})

describe('a run', () => {
  it('goes step by step, each with what it found and the evidence for it, and skips what is not wanted', async () => {
    const started = await start(await save())
    expect(started.statusCode, started.body).toBe(200)
    const run: PlaybookRunView = started.json()
    expect(run.steps.map(each => each.state)).toEqual(['waiting', 'waiting', 'waiting'])
    expect(run.steps[2]?.step).toEqual({ kind: 'question', text: '/ioc 203.0.113.77' })
    const first: PlaybookRunView = (await take(run.id, 0)).json()
    expect(first.steps[0]).toMatchObject({ state: 'done', answer: { route: 'deterministic', model: null } })
    expect(first.steps[0]?.answer?.answer).toMatch(/1[34] alerts/)
    expect((await take(run.id, 1, { skip: true })).json().steps[1]).toMatchObject({
      state: 'skipped',
      answer: null,
    })
    const last: PlaybookRunView = (await take(run.id, 2)).json()
    expect(last.taken).toBe(3)
    const { answer } = last.steps[2] ?? {}
    expect(answer?.steps.map(step => step.tool)).toEqual(['search_indicators', 'entity_timeline'])
    const ids = new Set(answer?.evidence.map(item => item.id))
    expect(answer?.sentences.flatMap(each => each.evidence).every(id => ids.has(id))).toBe(true)
    expect((await take(run.id, 3)).json().error.message).toContain('every step')
  })

  it('takes a search with its arguments filled in', async () => {
    const steps = guessing.steps.slice(1, 2)
    const run = (await start(await save({ ...guessing, steps }))).json()
    const { answer } = (await take(run.id, 0)).json().steps[0]
    expect(answer.steps).toMatchObject([{ tool: 'entity_timeline', input: { value: '203.0.113.77' } }])
    expect(answer.answer).toContain('13 alerts with 203.0.113.77')
  })

  it('takes a step once, in order, whoever else has it open', async () => {
    const run = (await start(await save())).json()
    expect((await take(run.id, 1)).statusCode).toBe(409)
    const both = await Promise.all([take(run.id, 0), take(run.id, 0)])
    expect(both.map(reply => reply.statusCode).toSorted()).toEqual([200, 409])
    const bob = await server.signIn('admin', 'bob')
    expect((await take(run.id, 1, {}, bob)).statusCode).toBe(403)
  })

  it('keeps what it was started with when its playbook changes or goes', async () => {
    const id = await save()
    const run = (await start(id)).json()
    await ada.call('DELETE', `/api/playbooks/${id}`)
    const read: PlaybookRunView = (await ada.call('GET', `/api/playbook-runs/${run.id}`)).json()
    expect(read.steps.map(each => each.step.kind)).toEqual(['question', 'search', 'question'])
  })

  it.each([
    ['no value', { values: {} }, 400],
    ['a value of two lines', { values: { address: 'x\ny' } }, 400],
    ['a case that is not there', { caseId: 'case_none' }, 404],
  ])('is not started with %s', async (_what, more, status) => {
    expect((await start(await save(), more)).statusCode).toBe(status)
  })

  it('shows nobody what they could not have found themselves', async () => {
    const carol = await server.signIn('admin', 'carol')
    const steps = [{ kind: 'search', tool: 'search_account_log', input: { limit: 3 } }]
    const id = await save({ ...guessing, steps, parameters: [] }, carol)
    const run = (await start(id, { values: {} }, carol)).json()
    expect((await take(run.id, 0, {}, carol)).json().steps[0].answer.steps[0].failed).toBe(false)
    expect((await ada.call('GET', `/api/playbook-runs/${run.id}`)).statusCode).toBe(404)
    const seen = (person: Person) => person.call('GET', `/api/playbook-runs?caseId=${caseId}`)
    const ids = async (person: Person) =>
      (await seen(person)).json().runs.map((each: { id: string }) => each.id)
    expect(await ids(ada)).not.toContain(run.id)
    expect(await ids(carol)).toContain(run.id)
    const own = (await start(id, { values: {} })).json()
    expect((await take(own.id, 0)).json().steps[0].answer.steps[0].failed).toBe(true)
  })

  it('asks a learner for a hypothesis first, as the chat does', async () => {
    const june = await server.signIn('analyst', 'june')
    await setLearningRequired(server.test.database, 'default', june.id, ada.id, server.clock.now())
    const id = await save()
    expect((await start(id, {}, june)).json().error.code).toBe('hypothesis-required')
    const run = await start(id, { hypothesis: 'A guessed password' }, june)
    expect(run.json()).toMatchObject({ hypothesis: 'A guessed password' })
  })

  it('goes with its case', async () => {
    const run = (await start(await save())).json()
    const { deleteCases } = await import('../store/delete-cases.ts')
    await take(run.id, 0)
    await deleteCases(server.test.database, 'default', [caseId])
    const left = await server.test.database.query('select 1 from playbook_run_steps')
    expect(left).toEqual([])
    expect((await ada.call('GET', `/api/playbook-runs/${run.id}`)).statusCode).toBe(404)
  })
})

describe('a draft from a chat', () => {
  it('has the questions of one branch, for its owner, and is not saved', async () => {
    const { database } = server.test
    const chat = {
      id: 'chat_1',
      ownerId: ada.id,
      title: 'Root on web-07',
      caseId: null,
      createdMs: 1,
      changedMs: 1,
    }
    await insertChat(database, 'default', chat)
    const message = (id: string, parentId: string | null, kind: 'question' | 'answer', text: string) =>
      insertChatMessage(database, 'default', {
        id,
        chatId: chat.id,
        parentId,
        kind,
        text,
        body: {},
        state: 'done',
        createdMs: 1,
      })
    await message('m1', null, 'question', 'Top 5 rules')
    await message('m2', 'm1', 'answer', 'Rules…')
    await message('m3', 'm2', 'question', 'Which users?')
    await message('m4', 'm2', 'question', 'Which hosts?')
    const reply = await ada.call('GET', '/api/chats/chat_1/playbook?messageId=m3')
    expect(reply.json()).toEqual({
      name: 'Root on web-07',
      parameters: [],
      steps: [
        { kind: 'question', text: 'Top 5 rules' },
        { kind: 'question', text: 'Which users?' },
      ],
    })
    const dora = await server.signIn('analyst', 'dora')
    expect((await dora.call('GET', '/api/chats/chat_1/playbook')).statusCode).toBe(404)
  })
})
