import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../../test/support/wazuh-server.ts'
import { fixedClock } from '../lib/clock.ts'
import { createEgressFetch, type EgressClient } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import { openActiveResponse } from './active-response.ts'
import { openActiveResponseChannel } from './active-response-channel.ts'
import { openWazuhApi, type WazuhApi } from './server-api.ts'

let wazuh: WazuhStandIn
let egress: EgressClient
let api: WazuhApi
const signal = AbortSignal.timeout(300_000)
const clock = fixedClock(1_800_000_000_000)

beforeEach(async () => {
  wazuh = await startWazuhServer([
    { id: '001', name: 'web-01', status: 'active', activeResponse: true },
    { id: '002', name: 'off', status: 'disconnected', activeResponse: true },
    { id: '003', name: 'no-ar', status: 'active', activeResponse: false },
  ])
  egress = createEgressFetch({
    rules: [{ host: '127.0.0.1', port: Number(new URL(wazuh.url).port), addresses: ['127.0.0.1'] }],
  })
  api = apiWith(standInUser.password)
})
afterEach(async () => {
  await egress.close()
  await wazuh.close()
})

function apiWith(password: string): WazuhApi {
  return openWazuhApi({
    baseUrl: wazuh.url,
    username: standInUser.username,
    password: new Secret(password),
    fetch: egress.fetch,
    clock,
    timeoutMs: 8000, // A starved machine answers late; only the hanging one must run out.
  })
}

describe('the server API', () => {
  it('signs in once, and again when its token is no longer good', async () => {
    expect((await api({ method: 'GET', path: '/' }, signal)).status).toBe(200)
    wazuh.forgetTokens()
    expect((await api({ method: 'GET', path: '/' }, signal)).status).toBe(200)
  })

  it('says what is wrong with the password, and never repeats it', async () => {
    const error = await apiWith('wrong-Passw0rd')({ method: 'GET', path: '/' }, signal).catch(String)
    expect(error).toContain('user or password is wrong')
    expect(error).not.toContain('wrong-Passw0rd')
  })

  it('tells what was never sent from what was not answered', async () => {
    await api({ method: 'GET', path: '/agents' }, signal)
    wazuh.faults.push({ kind: 'hang' }, { kind: 'reset' })
    await expect(api({ method: 'GET', path: '/agents' }, signal)).rejects.toMatchObject({
      code: 'wazuh-no-answer',
    })
    await expect(api({ method: 'GET', path: '/agents' }, signal)).rejects.toMatchObject({
      code: 'wazuh-no-answer',
    })
    await wazuh.close()
    await expect(api({ method: 'GET', path: '/agents' }, signal)).rejects.toMatchObject({
      code: 'wazuh-unreachable',
    })
  })
})

describe('active response', () => {
  const request = (agentId: string) => ({
    agentId,
    command: '!tocsin-respond',
    arguments: [],
    data: { tocsin: { payload: 'x' } },
  })

  it('sends to one active agent', async () => {
    expect(await openActiveResponse(api).send(request('001'), signal)).toEqual({ kind: 'sent' })
    expect(wazuh.calls).toEqual([
      {
        method: 'PUT',
        path: '/active-response',
        query: { agents_list: '001' },
        body: { command: '!tocsin-respond', arguments: [], alert: { data: { tocsin: { payload: 'x' } } } },
      },
    ])
    expect(await openActiveResponse(api).restartAgent('001', signal)).toEqual({ kind: 'sent' })
  })

  it.each(['two words', '', 'tab\there', 'line\nbreak', 'nul\0'])(
    'never sends the argument %j, which would arrive cut, by either generation',
    async text => {
      const asked = { ...request('001'), arguments: [text] }
      let calls = 0
      const call = async () => ({ status: 200, body: calls++ })
      const channel = openActiveResponseChannel(
        { request: async () => calls++ },
        () => '2026-11-28T00:00:00Z',
      )
      for (const client of [openActiveResponse(call), channel])
        await expect(async () => client.send(asked, signal)).rejects.toMatchObject({
          code: 'argument-not-sendable',
        })
      await expect(channel.send(request(''), signal)).rejects.toMatchObject({ code: 'not-one-agent' })
      expect(calls).toBe(0)
    },
  )

  it.each(['', '000', '0', '001,002', 'all', '*', '1'])('never sends to %j', async agentId => {
    await expect(async () => openActiveResponse(api).send(request(agentId), signal)).rejects.toMatchObject({
      code: 'not-one-agent',
    })
    expect(wazuh.calls).toEqual([])
  })

  it.each([
    ['002', 'not active'],
    ['003', 'disabled'],
    ['009', 'does not exist'],
  ])('says why agent %s was not reached, though HTTP says 200', async (agentId, reason) => {
    expect(await openActiveResponse(api).send(request(agentId), signal)).toMatchObject({
      kind: 'not-sent',
      reason: expect.stringContaining(reason),
    })
  })

  it.each([
    [
      { kind: 'status', status: 429, title: 'Maximum number of requests per minute reached', code: 6001 },
      'not-sent',
      true,
    ],
    [{ kind: 'status', status: 403, title: 'Permission denied', code: 4000 }, 'not-sent', false],
    [{ kind: 'status', status: 500, title: 'Wazuh Internal Error', code: 1000 }, 'unknown', undefined],
    [{ kind: 'hang' }, 'unknown', undefined],
    [{ kind: 'reset' }, 'unknown', undefined],
    [{ kind: 'lost-answer' }, 'unknown', undefined],
    [{ kind: 'redirect' }, 'unknown', undefined],
  ] as const)('on %j it is %s', async (fault, kind, retryable) => {
    await api({ method: 'GET', path: '/agents' }, signal)
    wazuh.faults.push(fault)
    const result = await openActiveResponse(api).send(request('001'), signal)
    expect([result.kind, 'retryable' in result ? result.retryable : undefined]).toEqual([kind, retryable])
  })
})
