import type { Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'
import { findTicket, insertTicket, type TicketRow } from '../store/sign-in-tickets.ts'
import type { AccountParts } from './account-parts.ts'
import { credentialMatches, newCredential, readCredential } from './credential.ts'

const lifetimeMs = 5 * 60_000
/** At the provider's a person may have to look for a phone. */
const providerLifetimeMs = 15 * 60_000

/**
 * What a ticket is for: it opens nothing else. `second-factor`: the password was right. `passkey-sign-in`: nobody is
 * known yet. `passkey-add`, `step-up`: of a signed-in person. `break-glass`: a reason is still missing. `provider`: the
 * person is at their OpenID provider.
 */
export type TicketKind =
  | 'second-factor'
  | 'passkey-sign-in'
  | 'passkey-add'
  | 'step-up'
  | 'break-glass'
  | 'provider'

/** Issues a ticket of a few minutes; returns what its holder sends. */
export async function issueTicket(
  sql: Sql,
  parts: AccountParts,
  ticket: { readonly kind: TicketKind; readonly userId: string | null; readonly data: Json },
): Promise<string> {
  const credential = newCredential(parts.ids.next('ticket'))
  const nowMs = parts.clock.now()
  const row = {
    ...ticket,
    id: credential.id,
    secretHash: credential.secretHash,
    expiresMs: nowMs + (ticket.kind === 'provider' ? providerLifetimeMs : lifetimeMs),
  }
  await insertTicket(sql, parts.tenant, row, nowMs)
  return credential.value
}

/** The ticket behind what was sent; `undefined` for one that is made up, expired, used, or for something else. */
export async function readTicket(
  sql: Sql,
  parts: AccountParts,
  kind: TicketKind,
  sent: string,
): Promise<TicketRow | undefined> {
  const credential = readCredential(sent)
  if (credential === undefined) return undefined
  const row = await findTicket(sql, parts.tenant, credential.id, parts.clock.now())
  const fits = row?.kind === kind && credentialMatches(credential.secret, row.secretHash)
  return fits ? row : undefined
}
