/** What a person may do, each including what stands before it. `approver` may approve response proposals. */
export const roles = ['viewer', 'analyst', 'responder', 'approver', 'admin'] as const
export type Role = (typeof roles)[number]

/** Whether `role` includes everything that `needed` may do. */
export function includesRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

/** What an API token may be used for. No scope lets a token approve anything: that takes a named person. `scim`: a directory's, only of an admin. */
export const tokenScopes = ['read', 'triage', 'ingest', 'metrics', 'scim'] as const
export type TokenScope = (typeof tokenScopes)[number]
