import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the stand-in plays foul. */
export interface Foul {
  /** Claims to put over the right ones; undefined takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly algorithm?: 'none' | 'HS256'
  /** Signed by a key that it does not publish. */
  readonly foreignKey?: boolean
  /** Changed after it was signed. */
  readonly tampered?: boolean
  /** `iss` of the authorization response (RFC 9207). */
  readonly responseIssuer?: string
}

export interface OpenIdProvider {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** What it refused, and why. */
  readonly refusals: readonly string[]
  /** Who signs in next, and how foul it plays. */
  next(claims: Readonly<Record<string, unknown>>, foul?: Foul): void
  /** Its clock is off by so much from now on. */
  setClock(offMs: number): void
  close(): Promise<void>
}

interface Grant {
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly foul: Foul
}

/** An OpenID provider by hand: real keys and signatures, and it refuses what a real one would. */
export async function startOpenIdProvider(algorithm: 'RS256' | 'ES256' = 'RS256'): Promise<OpenIdProvider> {
  const key = newKey(algorithm)
  const foreign = newKey(algorithm)
  const client = { id: 'tocsin', secret: 'a client secret: of 2026/+' }
  const registered = /^http:\/\/(localhost|127\.0\.0\.1):\d+\/api\/sign-in\/provider\/callback$/
  const grants = new Map<string, Grant>()
  const refusals: string[] = []
  let next: { claims: Readonly<Record<string, unknown>>; foul: Foul } = { claims: {}, foul: {} }
  let issuer = ''
  let clockOffMs = 0

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    response.setHeader('date', new Date(Date.now() + clockOffMs).toUTCString())
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const refuse = (why: string) => {
      refusals.push(why)
      json(400, { error: 'invalid_request', error_description: why })
    }
    if (url.pathname === '/.well-known/openid-configuration')
      return json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [algorithm],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
      })
    if (url.pathname === '/jwks') return json(200, { keys: [key.jwk] })
    if (url.pathname === '/authorize') {
      const query = Object.fromEntries(url.searchParams)
      if (query.client_id !== client.id) return refuse('unknown client')
      if (!registered.test(query.redirect_uri ?? '')) return refuse('redirect address is not registered')
      if (query.response_type !== 'code') return refuse('only the code flow')
      if (!query.scope?.split(' ').includes('openid')) return refuse('no openid scope')
      if (query.code_challenge_method !== 'S256' || !/^[\w-]{43}$/.test(query.code_challenge ?? ''))
        return refuse('PKCE with S256 is required')
      if (!query.state || !query.nonce) return refuse('state and nonce are required')
      const code = randomUUID()
      grants.set(code, {
        redirectUri: query.redirect_uri ?? '',
        challenge: query.code_challenge ?? '',
        nonce: query.nonce,
        ...next,
      })
      const back = new URL(query.redirect_uri ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', query.state)
      if (next.foul.responseIssuer) back.searchParams.set('iss', next.foul.responseIssuer)
      return response.writeHead(302, { location: back.href }).end()
    }
    if (url.pathname === '/token' && request.method === 'POST') {
      let body = ''
      request.on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        const form = new URLSearchParams(body)
        const given = Buffer.from(
          (request.headers.authorization ?? '').replace(/^Basic /, ''),
          'base64',
        ).toString()
        const decoded = given.split(':').map(text => decodeURIComponent(text.replaceAll('+', ' ')))
        if (decoded[0] !== client.id || decoded[1] !== client.secret) return refuse('client authentication')
        const code = form.get('code') ?? ''
        const grant = grants.get(code)
        grants.delete(code) // Once, whatever comes of it.
        if (form.get('grant_type') !== 'authorization_code' || !grant) return refuse('code unknown or used')
        if (form.get('redirect_uri') !== grant.redirectUri) return refuse('another redirect address')
        const verifier = form.get('code_verifier') ?? ''
        if (createHash('sha256').update(verifier).digest('base64url') !== grant.challenge)
          return refuse('PKCE verifier does not fit')
        const seconds = Math.floor(Date.now() / 1000)
        const claims = {
          iss: issuer,
          aud: client.id,
          sub: 'subject-1',
          iat: seconds,
          exp: seconds + 300,
          nonce: grant.nonce,
          ...grant.claims,
          ...grant.foul.claims,
        }
        const token = idToken(claims, algorithm, grant.foul.foreignKey ? foreign : key, grant.foul)
        return json(200, {
          access_token: randomUUID(),
          token_type: 'Bearer',
          expires_in: 300,
          id_token: token,
        })
      })
      return
    }
    return json(404, { error: 'not_found' })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    client,
    refusals,
    next(claims, foul = {}) {
      next = { claims, foul }
    },
    setClock(offMs) {
      clockOffMs = offMs
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

interface Key {
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

function newKey(algorithm: 'RS256' | 'ES256'): Key {
  const pair =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: algorithm }
  return { privateKey: pair.privateKey, jwk }
}

function idToken(claims: object, algorithm: 'RS256' | 'ES256', key: Key, foul: Foul): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = encode({ alg: foul.algorithm ?? algorithm, kid: 'one' })
  const body = encode(claims)
  if (foul.algorithm === 'none') return `${head}.${body}.`
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  }).toString('base64url')
  const sent = foul.tampered ? encode({ ...claims, groups: ['soc-admins'] }) : body
  return `${head}.${sent}.${signature}`
}
