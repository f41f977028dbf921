import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from '../../lib/clock.ts'
import { createEgressFetch } from '../../lib/egress-fetch.ts'
import { Secret } from '../../lib/secret.ts'
import { type OauthClient, oauthTokens } from './oauth-token.ts'

// A token endpoint as RFC 6749 describes it: it refuses what is not a form, an unknown client, a used refresh token.
let server: Server
let url = ''
let refreshTokens = new Set<string>()
const served: string[] = []

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const form = new URLSearchParams(text)
    const refuse = (error: string) => response.writeHead(400).end(JSON.stringify({ error }))
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
      return refuse('invalid_request')
    if (form.get('client_id') !== 'tocsin' || form.get('client_secret') !== 's3cret')
      return refuse('invalid_client')
    const grant = form.get('grant_type')
    const refresh = form.get('refresh_token')
    if (grant === 'refresh_token' && !(refresh && refreshTokens.delete(refresh)))
      return refuse('invalid_grant')
    if (grant !== 'refresh_token' && grant !== 'client_credentials') return refuse('unsupported_grant_type')
    served.push(`${grant} ${form.get('scope') ?? ''}`.trim())
    const next = `refresh-${served.length}`
    refreshTokens.add(next)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        access_token: `access-${served.length}`,
        token_type: 'Bearer',
        expires_in: 600,
        ...(grant === 'refresh_token' ? { refresh_token: next } : {}),
      }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` // It listens on TCP.
})
afterAll(() => server.close())
beforeEach(() => {
  served.length = 0
  refreshTokens = new Set(['refresh-0'])
})

const clock = fixedClock(1_800_000_000_000)
const client = (other: Partial<OauthClient> = {}): OauthClient => ({
  tokenUrl: url,
  clientId: 'tocsin',
  clientSecret: new Secret('s3cret'),
  refreshToken: new Secret('refresh-0'),
  scope: 'imap',
  fetch: createEgressFetch({ rules: [{ host: '127.0.0.1', port: Number(new URL(url).port) }] }).fetch,
  clock,
  ...other,
})

describe('oauthTokens', () => {
  it('keeps a token until a minute before it ends, then refreshes it with the newest refresh token', async () => {
    const tokens = oauthTokens(client())
    expect((await tokens.get()).expose()).toBe('access-1')
    clock.advance(500_000)
    expect((await tokens.get()).expose()).toBe('access-1')
    clock.advance(60_000)
    expect((await tokens.get()).expose()).toBe('access-2')
    tokens.forget()
    expect((await tokens.get()).expose()).toBe('access-3')
    expect(served).toEqual(['refresh_token imap', 'refresh_token imap', 'refresh_token imap'])
  })

  it('signs in as the application where there is no refresh token', async () => {
    const tokens = oauthTokens(client({ refreshToken: undefined, scope: undefined }))
    expect((await tokens.get()).expose()).toBe('access-1')
    expect(served).toEqual(['client_credentials'])
  })

  it('says what was refused, and never a secret', async () => {
    for (const wrong of [
      { clientSecret: new Secret('wrong-s3cret') },
      { refreshToken: new Secret('stolen-refresh') },
    ]) {
      const failure = await oauthTokens(client(wrong))
        .get()
        .catch(error => String(error))
      expect(failure).toMatch(/answered 400 \(invalid_(?:client|grant)\)/)
      expect(failure).not.toMatch(/s3cret|stolen/)
    }
  })

  it('reaches its own endpoint only', async () => {
    const elsewhere = oauthTokens(client({ tokenUrl: 'http://127.0.0.1:7/token' }))
    await expect(elsewhere.get()).rejects.toThrow(/no egress rule/)
  })
})
