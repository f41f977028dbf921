import { z } from 'zod'
import { roles, tokenScopes } from '../domain/role.ts'
import { done, idParams, pageQuery, person } from './contract.ts'
import { proof, withProof } from './contract-sign-in.ts'
import { endpoint } from './endpoint.ts'

const userRecord = person.extend({
  role: z.enum(roles),
  state: z.enum(['active', 'disabled']),
  lockedUntilMs: z.number().nullable(),
  mustChangePassword: z.boolean(),
  createdMs: z.number(),
  lastSignInMs: z.number().nullable(),
  kind: z.enum(['person', 'break-glass']),
  email: z.string().nullable(),
  /** Signed in by the OpenID provider. */
  byProvider: z.boolean(),
  /** The provider's user of the same name may claim it, once. */
  linkable: z.boolean(),
  /** Kept by a directory (SCIM). */
  externalId: z.string().nullable(),
  /** From when on its word counts where two people are needed; null: now. One admin alone gave it its role or password. */
  countsFromMs: z.number().nullable(),
})
export type UserRecord = z.infer<typeof userRecord>

/** A change of an account that waits for a second admin. */
const accountRequest = z.object({
  id: z.string(),
  /** What would be done. */
  words: z.string(),
  askedBy: person,
  askedMs: z.number(),
  expiresMs: z.number(),
})
export type AccountRequest = z.infer<typeof accountRequest>

/**
 * What came of a change: done, or waiting for a second admin. A one-time password is shown once and must be changed at the
 * first sign-in.
 */
const accountChanged = z.object({
  user: userRecord.nullable(),
  oneTimePassword: z.string().nullable(),
  waiting: accountRequest.nullable(),
})
export type AccountChanged = z.infer<typeof accountChanged>

const tokenRecord = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(tokenScopes)),
  owner: person,
  createdMs: z.number(),
  expiresMs: z.number().nullable(),
  lastUsedMs: z.number().nullable(),
})
export type TokenRecord = z.infer<typeof tokenRecord>

const sessionRecord = z.object({
  id: z.string(),
  createdMs: z.number(),
  lastUsedMs: z.number(),
  expiresMs: z.number(),
  address: z.string(),
  userAgent: z.string(),
  /** How it was opened: `password`, `password+totp`, `passkey`, `provider`… */
  method: z.string(),
  current: z.boolean(),
})
export type SessionRecord = z.infer<typeof sessionRecord>

/** One line of the account and administration log (sign-ins, role changes, tokens). */
const auditEntry = z.object({
  id: z.string(),
  atMs: z.number(),
  kind: z.string(),
  by: person.nullable(),
  subject: z.string(),
  detail: z.string(),
})
export type AuditEntry = z.infer<typeof auditEntry>

export const accountEndpoints = {
  listUsers: endpoint({
    method: 'GET',
    path: '/api/users',
    summary: 'All accounts.',
    access: { kind: 'role', role: 'admin' },
    reply: z.object({ users: z.array(userRecord) }),
  }),
  createUser: endpoint({
    method: 'POST',
    path: '/api/users',
    summary:
      'Create an account, with proof that it is you; the one-time password is in the answer and nowhere else. From the role responder on it waits for a second admin, where there is one.',
    access: { kind: 'role', role: 'admin' },
    body: z.object({
      username: z
        .string()
        .min(1)
        .max(100)
        .regex(/^[\w.@-]+$/, 'letters, digits and . _ @ - only'),
      displayName: z.string().min(1).max(200),
      role: z.enum(roles),
      proof: proof.optional(),
    }),
    reply: accountChanged,
  }),
  changeUser: endpoint({
    method: 'PATCH',
    path: '/api/users/:id',
    summary:
      'Change role, name or state; what lets somebody do more takes proof that it is you, and from the role responder on a second admin, where there is one. The last active admin cannot be demoted or disabled.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    body: z.object({
      displayName: z.string().min(1).max(200).optional(),
      role: z.enum(roles).optional(),
      state: z.enum(['active', 'disabled']).optional(),
      linkable: z.boolean().optional(),
      proof: proof.optional(),
    }),
    reply: accountChanged,
  }),
  resetPassword: endpoint({
    method: 'POST',
    path: '/api/users/:id/reset-password',
    summary:
      'A new one-time password, with proof that it is you; every session of the account ends. Never your own. From the role responder on it waits for a second admin, where there is one.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    body: withProof,
    reply: accountChanged,
  }),
  resetFactors: endpoint({
    method: 'POST',
    path: '/api/users/:id/reset-factors',
    summary:
      'For who has lost theirs: every second factor goes and every session ends. From the role responder on it waits for a second admin, where there is one. Never your own.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    body: withProof,
    reply: accountChanged,
  }),
  listAccountRequests: endpoint({
    method: 'GET',
    path: '/api/account-requests',
    summary: 'Changes of accounts that wait for a second admin.',
    access: { kind: 'role', role: 'admin' },
    reply: z.object({ requests: z.array(accountRequest) }),
  }),
  decideAccountRequest: endpoint({
    method: 'POST',
    path: '/api/account-requests/:id/decision',
    summary:
      'Confirm what another admin asked for, with proof that it is you, or reject it. A one-time password is in the answer and nowhere else.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    body: withProof.extend({ confirm: z.boolean() }),
    reply: accountChanged,
  }),
  listTokens: endpoint({
    method: 'GET',
    path: '/api/tokens',
    summary: 'Your API tokens (all of them for an admin). Never the secret.',
    access: { kind: 'role', role: 'analyst' },
    reply: z.object({ tokens: z.array(tokenRecord) }),
  }),
  createToken: endpoint({
    method: 'POST',
    path: '/api/tokens',
    summary: 'Create a token; the secret is in the answer and nowhere else.',
    access: { kind: 'role', role: 'analyst' },
    body: z.object({
      name: z.string().min(1).max(100),
      scopes: z.array(z.enum(tokenScopes)).min(1),
      expiresInDays: z.number().int().min(1).max(3650).nullable().default(90),
    }),
    reply: z.object({ token: tokenRecord, secret: z.string() }),
  }),
  deleteToken: endpoint({
    method: 'DELETE',
    path: '/api/tokens/:id',
    summary: 'Revoke a token.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    reply: done,
  }),
  listSessions: endpoint({
    method: 'GET',
    path: '/api/sessions',
    summary: 'Where you are signed in.',
    access: { kind: 'role', role: 'viewer' },
    reply: z.object({ sessions: z.array(sessionRecord) }),
  }),
  deleteSession: endpoint({
    method: 'DELETE',
    path: '/api/sessions/:id',
    summary: 'End one of your sessions.',
    access: { kind: 'role', role: 'viewer' },
    params: idParams,
    reply: done,
  }),
  listUserSessions: endpoint({
    method: 'GET',
    path: '/api/users/:id/sessions',
    summary: 'Where a person is signed in.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    reply: z.object({ sessions: z.array(sessionRecord) }),
  }),
  deleteUserSession: endpoint({
    method: 'DELETE',
    path: '/api/users/:id/sessions/:session',
    summary: 'End a session of somebody else.',
    access: { kind: 'role', role: 'admin' },
    params: idParams.extend({ session: z.string().min(1).max(200) }),
    reply: done,
  }),
  listAudit: endpoint({
    method: 'GET',
    path: '/api/audit',
    summary: 'Account and administration log, newest first.',
    access: { kind: 'role', role: 'admin' },
    query: pageQuery,
    reply: z.object({ entries: z.array(auditEntry), nextCursor: z.string().nullable() }),
  }),
}
