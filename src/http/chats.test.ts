import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerOf, type ChatBench, openChatBench } from '../../test/support/chat-bench.ts'

// What people keep with the assistant: their conversations, files, drafts, and what a learner has to say first.

let bench: ChatBench
beforeAll(async () => {
  bench = await openChatBench()
})
afterAll(() => bench.close())
beforeEach(() => bench.answersCarefully())

describe('conversations', () => {
  it('keep branches, and tell a model only the questions of its own branch', async () => {
    const chat = await bench.newChat()
    await bench.ask(chat, { text: 'How many alerts are there?' })
    const parentId = (await bench.read(chat)).messages.find(message => message.kind === 'answer')?.id
    await bench.ask(chat, { text: 'What about hosts named zebra?', parentId })
    const from = bench.provider.requests.length
    await bench.ask(chat, { text: 'Why those?', parentId, mode: 'model' })
    const sent = JSON.stringify(bench.provider.requests[from]?.body)
    expect(sent).toContain('How many alerts are there?')
    expect(sent).not.toContain('zebra')
    const { messages } = await bench.read(chat)
    expect(messages.filter(message => message.parentId === parentId)).toHaveLength(2)
  })

  it('are found by words, belong to one person, and take feedback', async () => {
    const chat = await bench.newChat()
    await bench.ask(chat, { text: 'How many alerts mention quokka?' })
    const found = (await bench.ada.call('GET', '/api/chats?text=quokka')).json().chats
    expect(found.map((each: { id: string }) => each.id)).toEqual([chat])
    const bob = await bench.server.signIn('admin', 'bob')
    expect((await bob.call('GET', `/api/chats/${chat}`)).statusCode).toBe(404)
    await expect(bench.ask(chat, { text: 'x' }, { person: bob })).rejects.toThrow('404')
    const answer = (await bench.read(chat)).messages.find(message => message.kind === 'answer')
    const rate = (value: number) =>
      bench.ada.call('POST', `/api/chats/${chat}/messages/${answer?.id}/feedback`, {
        value,
        reason: 'wrong host',
      })
    expect((await rate(-1)).statusCode).toBe(200)
    expect((await rate(5)).statusCode).toBe(400)
    expect((await bench.read(chat)).messages.find(message => message.id === answer?.id)?.feedback).toBe(-1)
    expect((await bench.ada.call('DELETE', `/api/chats/${chat}`)).statusCode).toBe(200)
    expect((await bench.ada.call('GET', `/api/chats/${chat}`)).statusCode).toBe(404)
  })

  it('do not let somebody in without a session, nor an API token', async () => {
    expect((await bench.server.app.inject({ method: 'GET', url: '/api/chats' })).statusCode).toBe(401)
  })
})

describe('learning mode', () => {
  it('asks for a hypothesis first where a manager requires it, and cannot be switched off by the learner', async () => {
    const lead = await bench.server.signIn('approver', 'lead')
    const junior = await bench.server.signIn('analyst', 'junior')
    const chat = await bench.newChat(junior)
    const question = { text: 'How many alerts are there?', context: { caseId: bench.caseId } }
    expect(
      (await junior.call('PUT', `/api/assistant/learners/${junior.id}`, { required: false })).statusCode,
    ).toBe(403)
    await lead.call('PUT', `/api/assistant/learners/${junior.id}`, { required: true })
    await expect(bench.ask(chat, question, { person: junior })).rejects.toThrow('hypothesis-required')
    await junior.call('PUT', '/api/assistant/learning', { wanted: false })
    await expect(bench.ask(chat, question, { person: junior })).rejects.toThrow('hypothesis-required')
    const { people } = (await lead.call('GET', '/api/assistant/learners')).json()
    const rows = people.filter((each: { username: string }) => ['junior', 'lead'].includes(each.username))
    expect(rows).toMatchObject([
      { username: 'junior', role: 'analyst', required: true, requiredBy: { username: 'lead' } },
      { username: 'lead', required: false, requiredBy: null },
    ])
    expect((await junior.call('GET', '/api/assistant/learners')).statusCode).toBe(403)
    const events = await bench.ask(
      chat,
      { ...question, hypothesis: 'A guessed password' },
      { person: junior },
    )
    expect(answerOf(events).answer).toContain('alerts')
  })
})

describe('attachments', () => {
  const attach = (chat: string, name = 'a.bin') =>
    bench.ada.call('POST', `/api/chats/${chat}/files`, { name, base64: Buffer.from('MZ').toString('base64') })

  it('are kept with a digest, and are few and small', async () => {
    const chat = await bench.newChat()
    const sha256 = '9b8db510ef42b8ed54a3712636fda55a4f8cfcd5493e20b74ab00cd4f3979f2d'
    expect((await attach(chat)).json()).toMatchObject({ name: 'a.bin', sizeBytes: 2, sha256 })
    for (let number = 2; number <= 20; number++) expect((await attach(chat)).statusCode).toBe(200)
    const full = await attach(chat)
    expect([full.statusCode, full.json().error.message]).toEqual([
      409,
      expect.stringContaining('this chat has 20 attachments'),
    ])
    const other = await bench.newChat()
    expect((await attach(other)).statusCode).toBe(200)
    // Large ones in another chat of the same person count, too.
    await bench.server.test.database.query('update chat_files set size_bytes = 16000000 where chat_id = $1', [
      chat,
    ])
    const heavy = await attach(other)
    expect([heavy.statusCode, heavy.json().error.message]).toEqual([
      409,
      expect.stringContaining('your chats hold 21 attachments'),
    ])
    await bench.ada.call('DELETE', `/api/chats/${chat}`)
    expect((await attach(other)).statusCode).toBe(200)
  })

  it('are of the chat they were attached to', async () => {
    const bob = await bench.server.signIn('analyst', 'bertha')
    expect(
      (await bob.call('POST', `/api/chats/${await bench.newChat()}/files`, { name: 'x', base64: '' }))
        .statusCode,
    ).toBe(404)
  })
})

describe('drafts', () => {
  it('are steps that code found for the case, wait for a person, and nothing else', async () => {
    const { steps } = (await bench.ada.call('GET', `/api/cases/${bench.caseId}/response`)).json()
    const step = steps.find((each: { action: unknown }) => each.action !== null)
    const body = {
      caseId: bench.caseId,
      action: step.action.action,
      arguments: step.action.arguments,
      agentId: step.action.target.agentId,
      reason: 'The address guessed a password',
    }
    const made = await bench.ada.call('POST', '/api/assistant/drafts', body)
    expect(made.statusCode, made.body).toBe(200)
    const { proposals } = (await bench.ada.call('GET', '/api/proposals?show=open')).json()
    expect(proposals).toMatchObject([{ id: made.json().proposalId, state: 'draft', preparedBy: 'ada' }])
    const other = await bench.ada.call('POST', '/api/assistant/drafts', {
      ...body,
      arguments: { address: '10.0.0.1', minutes: 9 },
    })
    expect(other.statusCode).toBe(409)
  })
})
