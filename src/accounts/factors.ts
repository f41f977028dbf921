import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { sealEnvelope } from '../lib/envelope.ts'
import {
  countRecoveryCodes,
  deleteFactor,
  deleteFactorsOf,
  deleteUnconfirmed,
  type FactorRow,
  factorsOfUser,
  insertFactor,
  replaceRecoveryCodes,
} from '../store/second-factors.ts'
import { deleteOtherSessions, setSessionMethod } from '../store/sessions.ts'
import { forgetFailures } from '../store/sign-in-failures.ts'
import { consumeTicket, deleteTicketsOf } from '../store/sign-in-tickets.ts'
import { findUser } from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { factorName } from './attempts.ts'
import { madePasskey, passkeyToMake, type RelyingParty } from './passkey.ts'
import { confirmedFactors, newRecoveryCode, recoveryHash, totpContext, totpIsRight } from './proof.ts'
import type { SessionMethod, SignedInPerson } from './session.ts'
import { issueTicket, readTicket } from './ticket.ts'
import { base32, newTotpSecret, totpUri } from './totp.ts'

const recoveryCodes = 10

/** Shows a new TOTP secret, once. It counts from the first right code on. */
export async function beginTotp(
  parts: AccountParts,
  person: SignedInPerson,
): Promise<{ readonly id: string; readonly secret: string; readonly uri: string }> {
  refuseBreakGlass(person)
  const secret = newTotpSecret()
  const { id: userId, username } = person.user
  const context = totpContext(parts.tenant, userId)
  const factor = {
    ...newFactor(parts, userId, 'totp', 'Authenticator app'),
    sealedSecret: sealEnvelope(await parts.masterKey(), secret.toString('base64'), context),
  }
  await parts.database.transaction(async sql => {
    await deleteUnconfirmed(sql, parts.tenant, userId)
    await insertFactor(sql, parts.tenant, factor)
  })
  return { id: factor.id, secret: base32(secret), uri: totpUri(secret, username) }
}

/** What a person keeps after adding a factor; the codes are there with the first one, and shown once. */
export interface AddedFactor {
  readonly recoveryCodes: readonly string[] | null
}

/** Makes the secret count. Throws `wrong-code`, `not-found`. */
export async function confirmTotp(
  parts: AccountParts,
  person: SignedInPerson,
  id: string,
  code: string,
): Promise<AddedFactor> {
  const factors = await factorsOfUser(parts.database, parts.tenant, person.user.id)
  const waiting = factors.find(factor => factor.id === id && factor.confirmedMs === null)
  if (waiting === undefined)
    throw new AppError('not-found', 'that secret is no longer waiting to be confirmed: start again')
  if (!(await totpIsRight(parts, [waiting], code)))
    throw new AppError(
      'wrong-code',
      'that is not the code of now: check the clock of the phone, and try the next one',
    )
  return parts.database.transaction(sql => factorAdded(sql, parts, person, 'totp', 'password+totp'))
}

/** What the browser is asked for to make a passkey. */
export async function beginPasskey(parts: AccountParts, person: SignedInPerson, party: RelyingParty) {
  refuseBreakGlass(person)
  const known = await confirmedFactors(parts, person.user.id)
  const { options, challenge } = await passkeyToMake(party, person.user, known)
  const ticket = await issueTicket(parts.database, parts, {
    kind: 'passkey-add',
    userId: person.user.id,
    data: { challenge },
  })
  return { ticket, options }
}

/** Keeps the passkey that the browser made. Throws `passkey-refused`. */
export async function finishPasskey(
  parts: AccountParts,
  person: SignedInPerson,
  party: RelyingParty,
  made: { readonly ticket: string; readonly name: string; readonly response: unknown },
): Promise<AddedFactor> {
  const ticket = await readTicket(parts.database, parts, 'passkey-add', made.ticket)
  if (ticket === undefined || ticket.userId !== person.user.id)
    throw new AppError('passkey-refused', 'this took too long: start again')
  await consumeTicket(parts.database, parts.tenant, ticket.id)
  const { challenge } = ticket.data as { challenge: string } // Written by `beginPasskey`.
  const passkey = await madePasskey(party, challenge, made.response)
  const factor = {
    ...newFactor(parts, person.user.id, 'passkey', made.name),
    ...passkey,
    confirmedMs: parts.clock.now(),
  }
  return parts.database.transaction(async sql => {
    if (!(await insertFactor(sql, parts.tenant, factor)))
      throw new AppError('passkey-refused', 'this passkey is known already')
    return factorAdded(sql, parts, person, 'passkey', 'password+passkey')
  })
}

/** A factor would outlive the hour for which the glass was broken, and open the account again in silence. */
function refuseBreakGlass({ method }: SignedInPerson): void {
  if (method === 'break-glass')
    throw new AppError('forbidden', 'the break-glass account has no factors: make an account of your own')
}

async function factorAdded(
  sql: Sql,
  parts: AccountParts,
  person: SignedInPerson,
  kind: FactorRow['kind'],
  method: SessionMethod,
): Promise<AddedFactor> {
  const { id, username } = person.user
  await logAccountEvent(sql, parts, { kind: 'factor-add', byId: id, subject: username, detail: kind })
  // Whoever has just shown it need not sign in again to meet what their role takes.
  if (person.method === 'password') await setSessionMethod(sql, parts.tenant, person.sessionId, method)
  if (person.method === 'provider')
    await setSessionMethod(sql, parts.tenant, person.sessionId, 'provider+factor')
  await deleteOtherSessions(sql, parts.tenant, id, person.sessionId)
  const left = await countRecoveryCodes(sql, parts.tenant, id)
  return { recoveryCodes: left > 0 ? null : await issueRecoveryCodes(sql, parts, id) }
}

/** New recovery codes in place of the old ones. */
export async function issueRecoveryCodes(
  sql: Sql,
  parts: AccountParts,
  userId: string,
): Promise<readonly string[]> {
  const codes = Array.from({ length: recoveryCodes }, newRecoveryCode)
  await replaceRecoveryCodes(sql, parts.tenant, userId, codes.map(recoveryHash))
  return codes
}

/** Takes one of one's own factors away; with the last one the recovery codes go too. Throws `not-found`. */
export async function removeFactor(parts: AccountParts, person: SignedInPerson, id: string): Promise<void> {
  const { id: userId, username } = person.user
  await parts.database.transaction(async sql => {
    if (!(await deleteFactor(sql, parts.tenant, userId, id)))
      throw new AppError('not-found', `you have no second factor ${id}`)
    const left = (await factorsOfUser(sql, parts.tenant, userId)).filter(row => row.confirmedMs !== null)
    if (left.length === 0) await deleteFactorsOf(sql, parts.tenant, userId)
    await logAccountEvent(sql, parts, { kind: 'factor-remove', byId: userId, subject: username, detail: id })
  })
}

/** An admin's help for who has lost their phone: every factor goes, every session ends. Throws `not-found`. */
export async function resetFactorsIn(
  sql: Sql,
  parts: AccountParts,
  byId: string,
  userId: string,
): Promise<void> {
  const user = await findUser(sql, parts.tenant, userId)
  if (user === undefined) throw new AppError('not-found', `there is no account ${userId}`)
  await deleteFactorsOf(sql, parts.tenant, userId)
  await deleteTicketsOf(sql, parts.tenant, userId)
  await deleteOtherSessions(sql, parts.tenant, userId, undefined)
  await forgetFailures(sql, parts.tenant, factorName(userId))
  await logAccountEvent(sql, parts, { kind: 'factor-reset', byId, subject: user.username })
}

function newFactor(parts: AccountParts, userId: string, kind: FactorRow['kind'], name: string): FactorRow {
  return {
    id: parts.ids.next('factor'),
    userId,
    kind,
    name,
    createdMs: parts.clock.now(),
    confirmedMs: null,
    lastUsedMs: null,
    sealedSecret: null,
    credentialId: null,
    publicKey: null,
    signCount: null,
    transports: null,
  }
}
