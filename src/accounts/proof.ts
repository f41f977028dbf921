import { createHash, randomBytes } from 'node:crypto'
import { openEnvelope } from '../lib/envelope.ts'
import { type FactorRow, factorsOfUser, spendRecoveryCode, spendTotpStep } from '../store/second-factors.ts'
import { forgetFailures } from '../store/sign-in-failures.ts'
import { consumeTicket } from '../store/sign-in-tickets.ts'
import { findUserByName } from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { countAttempt, factorName } from './attempts.ts'
import { passkeyUser, type RelyingParty } from './passkey.ts'
import { verifyPassword } from './password.ts'
import { readTicket } from './ticket.ts'
import { base32, stepOfCode } from './totp.ts'

/** How a person shows who they are. A passkey signs the challenge of its ticket. */
export type Proof =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery'; readonly code: string }
  | { readonly kind: 'passkey'; readonly ticket: string; readonly response: unknown }

export type ProofResult =
  | { readonly kind: 'proven' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly untilMs: number }

/** A person whose proof is looked at. */
export interface Prover {
  readonly id: string
  readonly username: string
}

/**
 * Looks at one proof of a person who is known already. Failures are counted per person, whatever the kind; a code or
 * an assertion that was right once is refused the second time. `purpose`: what a passkey's challenge was made for.
 */
export async function checkProof(
  parts: AccountParts,
  person: Prover,
  proof: Proof,
  party: RelyingParty | undefined,
  purpose: string,
): Promise<ProofResult> {
  const nowMs = parts.clock.now()
  const untilMs = await countAttempt(parts, factorName(person.id), nowMs)
  if (untilMs !== undefined) return { kind: 'locked', untilMs }
  if (!(await isRight(parts, person, proof, party, purpose))) {
    const event = { kind: 'proof-failed', byId: person.id, subject: person.username, detail: proof.kind }
    await logAccountEvent(parts.database, parts, event)
    return { kind: 'wrong' }
  }
  await forgetFailures(parts.database, parts.tenant, factorName(person.id))
  return { kind: 'proven' }
}

async function isRight(
  parts: AccountParts,
  person: Prover,
  proof: Proof,
  party: RelyingParty | undefined,
  purpose: string,
): Promise<boolean> {
  const { database, tenant } = parts
  switch (proof.kind) {
    case 'password':
      return verifyPassword(
        proof.password,
        (await findUserByName(database, tenant, person.username))?.passwordHash,
      )
    case 'totp':
      return totpIsRight(parts, await confirmedFactors(parts, person.id), proof.code)
    case 'recovery':
      return spendRecoveryCode(database, tenant, person.id, recoveryHash(proof.code), parts.clock.now())
    case 'passkey': {
      const ticket = await readTicket(database, parts, 'step-up', proof.ticket)
      const made = ticket?.data as { purpose?: string; challenge?: string } | undefined // Written by `askStepUp`.
      if (
        ticket === undefined ||
        party === undefined ||
        ticket.userId !== person.id ||
        made?.purpose !== purpose ||
        made.challenge === undefined
      )
        return false
      // Taken away first: a challenge is looked at once, whatever comes of it.
      if (!(await consumeTicket(database, tenant, ticket.id))) return false
      return (
        (await passkeyUser(database, parts, party, made.challenge, proof.response, person.id)) !== undefined
      )
    }
  }
}

/** A person's factors that count. */
export async function confirmedFactors(parts: AccountParts, userId: string): Promise<FactorRow[]> {
  return (await factorsOfUser(parts.database, parts.tenant, userId)).filter(row => row.confirmedMs !== null)
}

/** Whether one of these TOTP secrets has this code now, and it was not used before. Uses it up. */
export async function totpIsRight(
  parts: AccountParts,
  factors: readonly FactorRow[],
  code: string,
): Promise<boolean> {
  const nowMs = parts.clock.now()
  for (const factor of factors) {
    if (factor.sealedSecret === null) continue
    const secret = await openTotpSecret(parts, factor.userId, factor.sealedSecret)
    const step = stepOfCode(secret, code.replaceAll(/\s/g, ''), nowMs)
    if (step !== undefined) return spendTotpStep(parts.database, parts.tenant, factor.id, step, nowMs)
  }
  return false
}

/** What a sealed TOTP secret is bound to: it opens for no other account. */
export function totpContext(tenant: string, userId: string): string {
  return `totp of ${tenant}/${userId}`
}

async function openTotpSecret(parts: AccountParts, userId: string, sealed: string): Promise<Buffer> {
  const text = openEnvelope(await parts.masterKey(), sealed, totpContext(parts.tenant, userId))
  return Buffer.from(text, 'base64')
}

/** A recovery code for a person to keep: 80 bits as `ABCD-EFGH-IJKL-MNOP`. */
export function newRecoveryCode(): string {
  return base32(randomBytes(10)).replace(/(.{4})(?=.)/g, '$1-')
}

/** What is kept of a recovery code. Typed with or without dashes, in any case. */
export function recoveryHash(code: string): Buffer {
  return createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))
    .digest()
}
