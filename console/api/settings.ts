import type {
  AccountChanged,
  AccountRequest,
  AuditEntry,
  SessionRecord,
  TokenRecord,
  UserRecord,
} from '../../src/http/contract-accounts.ts'
import type { SetAsideJob } from '../../src/http/contract-jobs.ts'
import type { Quarantined, Settings } from '../../src/http/contract-settings.ts'
import type { Proof } from '../../src/http/contract-sign-in.ts'
import { getJson, sendJson } from './request.ts'
import type { Role } from './session.ts'

export function readSettings(signal: AbortSignal): Promise<Settings> {
  return getJson('/api/settings', signal)
}

export function replaySample(): Promise<{ alerts: number }> {
  return sendJson('POST', '/api/sample')
}

export function listQuarantine(
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ records: Quarantined[]; nextCursor: string | null; total: number }> {
  return getJson('/api/quarantine', signal, { cursor })
}

export function listSetAsideJobs(signal: AbortSignal): Promise<{ jobs: SetAsideJob[]; total: number }> {
  return getJson('/api/jobs/set-aside', signal)
}

export function retryJob(id: number): Promise<void> {
  return sendJson('POST', `/api/jobs/set-aside/${id}/retry`)
}

export function dropJob(id: number): Promise<void> {
  return sendJson('DELETE', `/api/jobs/set-aside/${id}`)
}

export function listUsers(signal: AbortSignal): Promise<{ users: UserRecord[] }> {
  return getJson('/api/users', signal)
}

export function createUser(user: {
  username: string
  displayName: string
  role: Role
  proof: Proof | undefined
}): Promise<AccountChanged> {
  return sendJson('POST', '/api/users', user)
}

export function changeUser(
  id: string,
  change: {
    role?: Role
    state?: 'active' | 'disabled'
    displayName?: string
    linkable?: boolean
    proof?: Proof | undefined
  },
): Promise<AccountChanged> {
  return sendJson('PATCH', `/api/users/${encodeURIComponent(id)}`, change)
}

export function resetPassword(id: string, proof: Proof | undefined): Promise<AccountChanged> {
  return sendJson('POST', `/api/users/${encodeURIComponent(id)}/reset-password`, { proof })
}

export function resetFactors(id: string, proof: Proof | undefined): Promise<AccountChanged> {
  return sendJson('POST', `/api/users/${encodeURIComponent(id)}/reset-factors`, { proof })
}

/** Changes of accounts that wait for a second admin. */
export function listAccountRequests(signal: AbortSignal): Promise<{ requests: AccountRequest[] }> {
  return getJson('/api/account-requests', signal)
}

export function decideAccountRequest(
  id: string,
  confirm: boolean,
  proof: Proof | undefined,
): Promise<AccountChanged> {
  return sendJson('POST', `/api/account-requests/${encodeURIComponent(id)}/decision`, { confirm, proof })
}

export function listTokens(signal: AbortSignal): Promise<{ tokens: TokenRecord[] }> {
  return getJson('/api/tokens', signal)
}

export function createToken(token: {
  name: string
  scopes: TokenRecord['scopes']
  expiresInDays: number | null
}): Promise<{ token: TokenRecord; secret: string }> {
  return sendJson('POST', '/api/tokens', token)
}

export function deleteToken(id: string): Promise<void> {
  return sendJson('DELETE', `/api/tokens/${encodeURIComponent(id)}`)
}

export function listSessions(signal: AbortSignal): Promise<{ sessions: SessionRecord[] }> {
  return getJson('/api/sessions', signal)
}

export function deleteSession(id: string): Promise<void> {
  return sendJson('DELETE', `/api/sessions/${encodeURIComponent(id)}`)
}

export function listUserSessions(
  userId: string,
  signal: AbortSignal,
): Promise<{ sessions: SessionRecord[] }> {
  return getJson(`/api/users/${encodeURIComponent(userId)}/sessions`, signal)
}

export function deleteUserSession(userId: string, id: string): Promise<void> {
  return sendJson('DELETE', `/api/users/${encodeURIComponent(userId)}/sessions/${encodeURIComponent(id)}`)
}

export function listAudit(
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ entries: AuditEntry[]; nextCursor: string | null }> {
  return getJson('/api/audit', signal, { cursor })
}
