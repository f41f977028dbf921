import type { Role } from '../domain/role.ts'
import { secondFactorRoles } from '../store/account-settings.ts'
import { findUserByName } from '../store/users.ts'
import type { AccountParts } from './account-parts.ts'
import { passkeyToAsk, type RelyingParty } from './passkey.ts'
import { noPassword } from './password.ts'
import { checkProof, confirmedFactors, type Proof, type ProofResult, type Prover } from './proof.ts'
import { issueTicket } from './ticket.ts'

/** How a person can prove, now, who they are; and what a passkey is asked to sign for that. */
export interface StepUpQuestion {
  readonly methods: readonly ('password' | 'totp' | 'passkey')[]
  readonly passkey: { readonly ticket: string; readonly options: unknown } | null
}

/**
 * Asks for a fresh proof. `purpose` binds a passkey's signature to one thing (the digest of a proposal): it is worth
 * nothing for another. Where the role takes a second factor, the password alone is no proof.
 */
export async function askStepUp(
  parts: AccountParts,
  person: Prover & { readonly role: Role },
  party: RelyingParty | undefined,
  purpose: string,
): Promise<StepUpQuestion> {
  const factors = await confirmedFactors(parts, person.id)
  const passkeys = factors.filter(factor => factor.kind === 'passkey')
  const user = await findUserByName(parts.database, parts.tenant, person.username)
  const strict = (await secondFactorRoles(parts.database, parts.tenant)).includes(person.role)
  const methods = [
    ...(passkeys.length > 0 && party !== undefined ? (['passkey'] as const) : []),
    ...(factors.some(factor => factor.kind === 'totp') ? (['totp'] as const) : []),
    ...(user !== undefined && user.passwordHash !== noPassword && !(strict && factors.length > 0)
      ? (['password'] as const)
      : []),
  ]
  if (party === undefined || passkeys.length === 0) return { methods, passkey: null }
  const { options, challenge } = await passkeyToAsk(party, passkeys)
  const data = { purpose, challenge }
  const ticket = await issueTicket(parts.database, parts, { kind: 'step-up', userId: person.id, data })
  return { methods, passkey: { ticket, options } }
}

/** Checks a fresh proof, of a kind that this person may use. */
export async function stepUp(
  parts: AccountParts,
  person: Prover & { readonly role: Role },
  proof: Proof,
  party: RelyingParty | undefined,
  purpose: string,
): Promise<ProofResult> {
  if (proof.kind === 'recovery') return { kind: 'wrong' } // For the day a factor is lost, not for every day.
  if (proof.kind === 'password') {
    const strict = (await secondFactorRoles(parts.database, parts.tenant)).includes(person.role)
    if (strict && (await confirmedFactors(parts, person.id)).length > 0) return { kind: 'wrong' }
  }
  return checkProof(parts, person, proof, party, purpose)
}
