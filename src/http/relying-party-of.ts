import type { AccountParts } from '../accounts/account-parts.ts'
import { type RelyingParty, relyingParty } from '../accounts/passkey.ts'
import { RequestError } from './http-error.ts'
import type { Call } from './route.ts'

type Replying = Pick<Call<unknown, unknown, unknown>, 'reply'>

/** What passkeys are bound to at the address that this request came to; `undefined` where they cannot work there. */
export function partyOf(parts: AccountParts, call: Replying): RelyingParty | undefined {
  return relyingParty(parts.publicUrl, call.reply.request.headers.host)
}

/** The same, or the refusal that says what to do. */
export function partyOrRefuse(parts: AccountParts, call: Replying): RelyingParty {
  const party = partyOf(parts, call)
  if (party !== undefined) return party
  throw new RequestError(
    'passkey-refused',
    'passkeys need the console’s own name: open it at TOCSIN_PUBLIC_URL, or on this machine at http://localhost',
  )
}
