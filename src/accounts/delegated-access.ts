import { createHash } from 'node:crypto'
import type { Role } from '../domain/role.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import {
  consumeRefreshToken,
  countOauthClients,
  deleteTokenFamily,
  findAccessToken,
  findOauthClient,
  insertAccessToken,
  insertOauthClient,
  insertOauthCode,
  type OauthClientRow,
  takeOauthCode,
} from '../store/access-tokens.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { credentialMatches, newCredential, readCredential, sameText } from './credential.ts'

// OAuth 2.1 for public clients (programs that can keep no secret): PKCE with S256 always, codes good for one exchange,
// refresh tokens that change with each use. What a person grants is reading, with their own rights as they are then.

const codeLifeMs = 60_000
const accessLifeMs = 60 * 60_000
const refreshLifeMs = 30 * 24 * 60 * 60_000
const clientsPerHour = 100

export interface IssuedTokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
}

/** Who is behind an access token: a program that reads with the rights of a person. */
export interface DelegatedBearer {
  readonly tokenId: string
  readonly clientId: string
  readonly role: Role
  readonly owner: { readonly id: string; readonly username: string; readonly displayName: string }
}

/** Registers a program (RFC 7591). Throws `invalid_redirect_uri`, `too-many-requests`. */
export async function registerClient(
  parts: AccountParts,
  asked: { readonly name: string; readonly redirectUris: readonly string[] },
): Promise<OauthClientRow> {
  const nowMs = parts.clock.now()
  for (const uri of asked.redirectUris)
    if (!isSafeRedirect(uri))
      throw new AppError(
        'invalid_redirect_uri',
        `${uri.slice(0, 200)} is neither https nor a loopback address`,
      )
  if ((await countOauthClients(parts.database, parts.tenant, nowMs - 3_600_000)) >= clientsPerHour)
    throw new AppError('too-many-requests', 'too many programs registered within an hour')
  const client = { id: parts.ids.next('client'), name: asked.name, redirectUris: asked.redirectUris }
  await insertOauthClient(parts.database, parts.tenant, client, nowMs)
  return client
}

/** https, or http to this very machine (RFC 8252, 7.3). No fragment, no other scheme: `javascript:` would run in ours. */
function isSafeRedirect(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname, hash, username } = new URL(uri)
  if (hash !== '' || username !== '') return false
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  )
}

/** The program and the address that a request names, where they belong together. */
export async function clientFor(
  parts: AccountParts,
  clientId: string,
  redirectUri: string,
): Promise<OauthClientRow> {
  const client = await findOauthClient(parts.database, parts.tenant, clientId)
  if (client === undefined) throw new AppError('invalid_client', 'this program is not registered')
  if (!client.redirectUris.some(registered => sameRedirect(registered, redirectUri)))
    throw new AppError('invalid_request', 'the address to return to is not one that the program registered')
  return client
}

/** The port of a loopback address may differ: programs take a free one (RFC 8252, 7.3). */
function sameRedirect(registered: string, asked: string): boolean {
  if (registered === asked) return true
  if (!URL.canParse(asked) || !isSafeRedirect(asked)) return false
  const [known, now] = [new URL(registered), new URL(asked)]
  if (known.protocol !== 'http:') return false
  known.port = ''
  now.port = ''
  return known.href === now.href
}

/** A person lets a program read. Returns the code that the program exchanges. */
export async function grantCode(
  parts: AccountParts,
  personId: string,
  asked: { readonly clientId: string; readonly redirectUri: string; readonly codeChallenge: string },
): Promise<string> {
  const client = await clientFor(parts, asked.clientId, asked.redirectUri)
  const credential = newCredential(parts.ids.next('code'))
  await parts.database.transaction(async sql => {
    await insertOauthCode(sql, parts.tenant, {
      ...asked,
      id: credential.id,
      secretHash: credential.secretHash,
      userId: personId,
      expiresMs: parts.clock.now() + codeLifeMs,
    })
    const detail = `${client.name} may read`
    await logAccountEvent(sql, parts, { kind: 'token-create', byId: personId, subject: client.id, detail })
  })
  return credential.value
}

/** Exchanges a code for tokens. Throws `invalid_grant`, never saying which of its parts was wrong. */
export async function exchangeCode(
  parts: AccountParts,
  asked: {
    readonly code: string
    readonly clientId: string
    readonly redirectUri: string
    readonly codeVerifier: string
  },
): Promise<IssuedTokens> {
  const credential = readCredential(asked.code)
  return parts.database
    .transaction(async sql => {
      const code = credential && (await takeOauthCode(sql, parts.tenant, credential.id))
      const challenge = createHash('sha256').update(asked.codeVerifier).digest('base64url')
      if (
        credential === undefined ||
        code === undefined ||
        !credentialMatches(credential.secret, code.secretHash) ||
        code.expiresMs <= parts.clock.now() ||
        code.clientId !== asked.clientId ||
        code.redirectUri !== asked.redirectUri ||
        !sameText(code.codeChallenge, challenge)
      )
        return undefined
      return issue(sql, parts, code.clientId, code.userId, parts.ids.next('family'))
    })
    .then(granted)
}

/** Exchanges a refresh token for new tokens. One that is used twice was stolen: its whole family ends. */
export async function refreshTokens(
  parts: AccountParts,
  asked: { readonly refreshToken: string; readonly clientId: string },
): Promise<IssuedTokens> {
  const credential = readCredential(asked.refreshToken)
  return parts.database
    .transaction(async sql => {
      const token = credential && (await findAccessToken(sql, parts.tenant, credential.id, parts.clock.now()))
      if (
        credential === undefined ||
        token?.kind !== 'refresh' ||
        token.clientId !== asked.clientId ||
        !credentialMatches(credential.secret, token.secretHash)
      )
        return undefined
      if (!(await consumeRefreshToken(sql, parts.tenant, token.id))) {
        await deleteTokenFamily(sql, parts.tenant, token.family)
        return undefined
      }
      return issue(sql, parts, token.clientId, token.userId, token.family)
    })
    .then(granted)
}

function granted(tokens: IssuedTokens | undefined): IssuedTokens {
  if (tokens === undefined)
    throw new AppError('invalid_grant', 'the code or token is not valid any more: ask the person again')
  return tokens
}

async function issue(
  sql: Sql,
  parts: AccountParts,
  clientId: string,
  userId: string,
  family: string,
): Promise<IssuedTokens> {
  const nowMs = parts.clock.now()
  const [access, refresh] = [
    newCredential(parts.ids.next('access')),
    newCredential(parts.ids.next('refresh')),
  ]
  const base = { clientId, userId, family, createdMs: nowMs }
  await insertAccessToken(sql, parts.tenant, {
    ...base,
    id: access.id,
    kind: 'access',
    secretHash: access.secretHash,
    expiresMs: nowMs + accessLifeMs,
  })
  await insertAccessToken(sql, parts.tenant, {
    ...base,
    id: refresh.id,
    kind: 'refresh',
    secretHash: refresh.secretHash,
    expiresMs: nowMs + refreshLifeMs,
  })
  return { accessToken: access.value, refreshToken: refresh.value, expiresInSeconds: accessLifeMs / 1000 }
}

/** An access token without a refresh token, for a page that gets a new one by itself. */
export async function issueShortAccess(
  sql: Sql,
  parts: AccountParts,
  userId: string,
  clientId: string,
  lifeMs: number,
): Promise<string> {
  const credential = newCredential(parts.ids.next('access'))
  const createdMs = parts.clock.now()
  await insertAccessToken(sql, parts.tenant, {
    id: credential.id,
    kind: 'access',
    secretHash: credential.secretHash,
    clientId,
    userId,
    family: credential.id,
    createdMs,
    expiresMs: createdMs + lifeMs,
  })
  return credential.value
}

/** Who is behind an access token, with the role that the person has now; undefined where it is none. */
export async function delegateBehind(
  parts: AccountParts,
  sent: string,
): Promise<DelegatedBearer | undefined> {
  const credential = readCredential(sent)
  if (credential === undefined || !credential.id.startsWith('access_')) return undefined
  const found = await findAccessToken(parts.database, parts.tenant, credential.id, parts.clock.now())
  if (found?.kind !== 'access' || !credentialMatches(credential.secret, found.secretHash)) return undefined
  const { userId, username, displayName, role, clientId } = found
  return { tokenId: found.id, clientId, role, owner: { id: userId, username, displayName } }
}

/** Ends an access or refresh token and all of its family (RFC 7009). */
export async function revokeAccess(parts: AccountParts, sent: string): Promise<void> {
  const credential = readCredential(sent)
  if (credential === undefined) return
  const found = await findAccessToken(parts.database, parts.tenant, credential.id, parts.clock.now())
  if (found !== undefined && credentialMatches(credential.secret, found.secretHash))
    await deleteTokenFamily(parts.database, parts.tenant, found.family)
}
