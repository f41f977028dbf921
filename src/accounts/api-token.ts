import type { Role, TokenScope } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'
import { findToken, insertToken, touchToken } from '../store/api-tokens.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { credentialMatches, newCredential, readCredential } from './credential.ts'

const touchEveryMs = 60_000

/** Who is behind an API token: a program of `owner`'s. It has the token's scopes and never its owner's role. */
export interface TokenBearer {
  readonly tokenId: string
  readonly name: string
  readonly scopes: readonly TokenScope[]
  /** Of an access token that a person granted: it reads with their role. */
  readonly role?: Role
  readonly owner: { readonly id: string; readonly username: string; readonly displayName: string }
}

/** Makes a token; the secret is returned once and only its hash is kept. */
export async function createToken(
  sql: Sql,
  parts: AccountParts,
  ownerId: string,
  token: {
    readonly name: string
    readonly scopes: readonly TokenScope[]
    readonly expiresInDays: number | null
  },
): Promise<{ readonly id: string; readonly secret: string }> {
  const credential = newCredential(parts.ids.next('token'))
  const createdMs = parts.clock.now()
  await insertToken(sql, parts.tenant, {
    id: credential.id,
    userId: ownerId,
    name: token.name,
    scopes: token.scopes,
    secretHash: credential.secretHash,
    createdMs,
    expiresMs: token.expiresInDays === null ? null : createdMs + token.expiresInDays * 86_400_000,
  })
  const detail = `${token.name}: ${token.scopes.join(', ')}`
  await logAccountEvent(sql, parts, { kind: 'token-create', byId: ownerId, subject: credential.id, detail })
  return { id: credential.id, secret: credential.value }
}

export async function bearerBehind(parts: AccountParts, sent: string): Promise<TokenBearer | undefined> {
  const credential = readCredential(sent)
  if (credential === undefined) return undefined
  const nowMs = parts.clock.now()
  const found = await findToken(parts.database, parts.tenant, credential.id, nowMs)
  if (found === undefined || !credentialMatches(credential.secret, found.secretHash)) return undefined
  if (nowMs - (found.lastUsedMs ?? 0) > touchEveryMs)
    await touchToken(parts.database, parts.tenant, found.id, nowMs)
  return {
    tokenId: found.id,
    name: found.name,
    scopes: found.scopes,
    owner: { id: found.userId, username: found.username, displayName: found.displayName },
  }
}

/** Whether a token that was accepted still is: not revoked, its owner active. */
export async function tokenStands(parts: AccountParts, tokenId: string): Promise<boolean> {
  return (await findToken(parts.database, parts.tenant, tokenId, parts.clock.now())) !== undefined
}
