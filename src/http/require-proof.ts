import type { AccountParts } from '../accounts/account-parts.ts'
import { lockedOut } from '../accounts/attempts.ts'
import type { SignedInPerson } from '../accounts/session.ts'
import { askStepUp, stepUp } from '../accounts/step-up.ts'
import type { Proof } from './contract-sign-in.ts'
import { RequestError } from './http-error.ts'
import { partyOf } from './relying-party-of.ts'
import type { Call } from './route.ts'

/** How long after a sign-in somebody without password and factors of ours may go on. Broken glass: its whole hour. */
const freshMs = 10 * 60_000

/**
 * Makes sure that it is the person themselves who asks, now, and not somebody at their unlocked screen. Throws the
 * refusal. `purpose`: what a passkey's signature must have been made for.
 */
export async function requireProof(
  parts: AccountParts,
  call: Pick<Call<unknown, unknown, unknown>, 'reply'>,
  person: SignedInPerson,
  proof: Proof | undefined,
  purpose: string,
): Promise<void> {
  if (person.user.mustChangePassword)
    throw new RequestError('password-change-required', 'change the one-time password first')
  const party = partyOf(parts, call)
  if (proof === undefined) {
    const { methods } = await askStepUp(parts, person.user, party, purpose)
    if (methods.length > 0)
      throw new RequestError('wrong-proof', `prove that it is you: ${methods.join(' or ')}`)
    if (person.method !== 'break-glass' && parts.clock.now() - person.createdMs > freshMs)
      throw new RequestError('sign-in-again', 'sign out and in again first: this needs a fresh sign-in')
    return
  }
  const result = await stepUp(parts, person.user, proof, party, purpose)
  if (result.kind === 'locked') throw lockedOut(parts, result.untilMs)
  if (result.kind === 'wrong')
    throw new RequestError('wrong-proof', `${proofWords[proof.kind]}: nothing was changed`)
}

const proofWords = {
  password: 'that is not the password, or your role takes your second factor',
  totp: 'that is not the code of now, or it was used already',
  passkey: 'the passkey’s answer does not fit',
} as const satisfies Record<Proof['kind'], string>
