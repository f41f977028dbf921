import { type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type McpTestServer, startMcpServer } from '../../test/support/mcp-server.ts'
import { type Person, type TestServer, testPassword } from '../../test/support/test-server.ts'
import { endInvolvement } from '../store/deactivation.ts'
import { updateUser } from '../store/users.ts'

// MCP over HTTP with the official SDK's client, which finds the authorization server, registers and signs in by itself;
// the person's part (the consent page) is played over the API.

let server: TestServer
let base: string
let consent: McpTestServer['consent']
let ada: Person

beforeAll(async () => {
  ;({ server, base, consent } = await startMcpServer())
  ada = await server.signIn('analyst', 'ada')
})
afterAll(() => server.close())

const redirect = 'http://127.0.0.1:8765/callback'

/** A program's side of OAuth, in memory. `asked` is the address of the consent page that it opened. */
function program(name = 'Test program') {
  const kept: {
    client?: OAuthClientInformationMixed
    tokens?: OAuthTokens
    verifier?: string
    asked?: URL
  } = {}
  const provider: OAuthClientProvider = {
    redirectUrl: redirect,
    clientMetadata: { client_name: name, redirect_uris: [redirect], token_endpoint_auth_method: 'none' },
    state: () => 'state-1',
    clientInformation: () => kept.client,
    saveClientInformation(information) {
      kept.client = information
    },
    tokens: () => kept.tokens,
    saveTokens(tokens) {
      kept.tokens = tokens
    },
    redirectToAuthorization(url) {
      kept.asked = url
    },
    saveCodeVerifier(verifier) {
      kept.verifier = verifier
    },
    codeVerifier: () => kept.verifier ?? '',
  }
  return { kept, provider }
}

const transportFor = (provider: OAuthClientProvider) =>
  new StreamableHTTPClientTransport(new URL('/mcp', base), { authProvider: provider })
// The SDK's own transports do not fit its own interface under exact optional types.
const connect = (client: Client, transport: StreamableHTTPClientTransport) =>
  client.connect(transport as Parameters<Client['connect']>[0])

async function signedIn(person: Person) {
  const { kept, provider } = program()
  const first = transportFor(provider)
  await connect(new Client({ name: 'test', version: '1' }), first).catch(error => {
    if (!(error instanceof UnauthorizedError)) throw error
  })
  const back = await consent(kept.asked ?? new URL('about:blank'), person)
  await first.finishAuth(back.searchParams.get('code') ?? '')
  const client = new Client({ name: 'test', version: '1' })
  await connect(client, transportFor(provider))
  return { client, kept, back }
}

const form = (path: string, values: Record<string, string>) =>
  fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(values) })

describe('the official client', () => {
  it('signs in through registration, PKCE and consent, and uses the tools with the rights of the person', async () => {
    const { client, back } = await signedIn(ada)
    expect(back.searchParams.get('state')).toBe('state-1')
    expect(back.searchParams.get('iss')).toBe(base)
    const { tools } = await client.listTools()
    const names = tools.map(tool => tool.name)
    expect(names).toEqual(expect.arrayContaining(['ask', 'search_cases', 'search_audit']))
    expect(names).not.toContain('search_account_log') // An admin's.
    expect(tools.every(tool => tool.annotations?.readOnlyHint === true)).toBe(true)
    const answer = await client.callTool({ name: 'ask', arguments: { question: 'What is T1027?' } })
    expect(JSON.stringify(answer.content)).toContain('Obfuscated Files or Information')
    const refused = await client.callTool({ name: 'search_account_log', arguments: {} })
    expect(refused.isError).toBe(true)
    expect((await client.listResources()).resources).toEqual([])
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(1)
    await client.close()
  })

  it('renews its token, and a token that is used twice ends the whole family', async () => {
    const { kept, client } = await signedIn(ada)
    const refresh = { grant_type: 'refresh_token', client_id: kept.client?.client_id ?? '' }
    const once = await form('/oauth/token', { ...refresh, refresh_token: kept.tokens?.refresh_token ?? '' })
    expect(once.status).toBe(200)
    const renewed = JSON.parse(await once.text())
    const twice = await form('/oauth/token', { ...refresh, refresh_token: kept.tokens?.refresh_token ?? '' })
    expect([twice.status, await twice.json()]).toMatchObject([400, { error: 'invalid_grant' }])
    const after = await form('/oauth/token', { ...refresh, refresh_token: renewed.refresh_token })
    expect(after.status).toBe(400)
    await client.close()
  })
})

describe('attacks', () => {
  const post = (headers: Record<string, string>) =>
    fetch(`${base}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })

  it('answers nobody without a token, and says where to get one', async () => {
    const reply = await post({})
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toContain('/.well-known/oauth-protected-resource/mcp')
    expect((await post({ authorization: 'Bearer access_0000.x' })).status).toBe(401)
    expect((await post({ cookie: ada.cookie, 'x-csrf-token': ada.csrfToken })).status).toBe(401)
  })

  it('refuses pages of other sites', async () => {
    const { kept, client } = await signedIn(ada)
    const authorization = `Bearer ${kept.tokens?.access_token}`
    expect((await post({ authorization, origin: 'https://evil.example' })).status).toBe(403)
    await client.close()
  })

  it('takes a code once, with its verifier, its program and its address only', async () => {
    const { kept, provider } = program()
    await connect(new Client({ name: 'test', version: '1' }), transportFor(provider)).catch(() => undefined)
    const asked = kept.asked ?? new URL('about:blank')
    const good = {
      grant_type: 'authorization_code',
      client_id: kept.client?.client_id ?? '',
      redirect_uri: redirect,
      code_verifier: kept.verifier ?? '',
    }
    for (const wrong of [
      { code_verifier: 'x'.repeat(43) },
      { client_id: 'client_0000' },
      { redirect_uri: 'http://127.0.0.1:8765/other' },
    ]) {
      const code = (await consent(asked, ada)).searchParams.get('code') ?? ''
      expect((await form('/oauth/token', { ...good, code, ...wrong })).status).toBe(400)
      expect((await form('/oauth/token', { ...good, code })).status).toBe(400) // It was spent by the wrong try.
    }
    const code = (await consent(asked, ada)).searchParams.get('code') ?? ''
    expect((await form('/oauth/token', { ...good, code })).status).toBe(200)
    expect((await form('/oauth/token', { ...good, code })).status).toBe(400)
  })

  it('sends no code to an address that was not registered, and registers no script', async () => {
    const { kept, provider } = program()
    await connect(new Client({ name: 'test', version: '1' }), transportFor(provider)).catch(() => undefined)
    const asked = new URL(kept.asked ?? 'about:blank')
    asked.searchParams.set('redirect_uri', 'https://evil.example/')
    await expect(consent(asked, ada)).rejects.toThrow('not one that the program registered')
    for (const uri of [
      'javascript:alert(1)',
      'http://evil.example/',
      'https://x.example/#a',
      'data:text/html,x',
    ]) {
      const reply = await fetch(`${base}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [uri] }),
      })
      expect([uri, reply.status]).toEqual([uri, 400])
    }
  })

  it('gives nothing where the person refuses, without a session, or by a forged form', async () => {
    const { kept, provider } = program()
    await connect(new Client({ name: 'test', version: '1' }), transportFor(provider)).catch(() => undefined)
    const asked = kept.asked ?? new URL('about:blank')
    expect((await consent(asked, ada, false)).searchParams.get('error')).toBe('access_denied')
    const fields = { ...Object.fromEntries(asked.searchParams), allow: true }
    const url = '/api/oauth/consent'
    const anonymous = await server.app.inject({ method: 'POST', url, payload: fields })
    expect(anonymous.statusCode).toBe(401)
    const forged = await server.app.inject({
      method: 'POST',
      url,
      payload: fields,
      headers: { cookie: ada.cookie },
    })
    expect(forged.statusCode).toBe(403)
    const asForm = await server.app.inject({
      method: 'POST',
      url,
      payload: 'allow=true',
      headers: { cookie: ada.cookie, 'content-type': 'application/x-www-form-urlencoded' },
    })
    // Refused before the body is read: a form cannot carry the CSRF header.
    expect(asForm.statusCode).toBe(403)
  })

  it('takes one message a request, so that what is counted is what is done', async () => {
    const { kept, client } = await signedIn(ada)
    const call = {
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: { name: 'ask', arguments: { question: 'What is T1027?' } },
    }
    const reply = await fetch(`${base}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${kept.tokens?.access_token}`,
      },
      body: JSON.stringify([call, call]),
    })
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { code: -32_600 } }])
    await client.close()
  })

  it('ends where the person changes the password, and does not come back with the account', async () => {
    const max = await server.signIn('analyst', 'max')
    const { kept, client } = await signedIn(max)
    const authorization = `Bearer ${kept.tokens?.access_token}`
    const renew = () =>
      form('/oauth/token', {
        grant_type: 'refresh_token',
        client_id: kept.client?.client_id ?? '',
        refresh_token: kept.tokens?.refresh_token ?? '',
      })
    expect((await post({ authorization })).status).toBe(200)
    const changed = await max.call('POST', '/api/session/password', {
      current: testPassword,
      next: 'another long pass phrase',
    })
    expect(changed.statusCode).toBe(200)
    expect((await post({ authorization })).status).toBe(401)
    expect((await renew()).status).toBe(400)
    await client.close()

    const lea = await server.signIn('analyst', 'lea')
    const second = await signedIn(lea)
    const { database } = server.test
    await database.transaction(sql => endInvolvement(sql, 'default', lea.id, server.accounts.clock.now()))
    await updateUser(database, 'default', lea.id, { state: 'disabled' })
    await updateUser(database, 'default', lea.id, { state: 'active' })
    expect((await post({ authorization: `Bearer ${second.kept.tokens?.access_token}` })).status).toBe(401)
    await second.client.close()
  })

  it('ends with the account', async () => {
    const eve = await server.signIn('analyst', 'eve')
    const { kept, client } = await signedIn(eve)
    const authorization = `Bearer ${kept.tokens?.access_token}`
    expect((await post({ authorization })).status).toBe(200)
    await updateUser(server.test.database, 'default', eve.id, { state: 'disabled' })
    expect((await post({ authorization })).status).toBe(401)
    await client.close()
  })
})
