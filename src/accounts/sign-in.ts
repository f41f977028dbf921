import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { forgetFailures } from '../store/sign-in-failures.ts'
import { consumeTicket } from '../store/sign-in-tickets.ts'
import { findUser, findUserByName, noteSignIn, type User } from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { countAttempt, factorName } from './attempts.ts'
import { passkeyToAsk, passkeyUser, type RelyingParty } from './passkey.ts'
import { verifyPassword } from './password.ts'
import { checkProof, confirmedFactors, type Proof } from './proof.ts'
import { type OpenedSession, openSession, type SessionMethod } from './session.ts'
import { issueTicket, readTicket } from './ticket.ts'

/** Where a request came from, for the list of sessions and the log. */
export interface Visitor {
  readonly address: string
  readonly userAgent: string
}

export type SignIn =
  | { readonly kind: 'signed-in'; readonly session: OpenedSession; readonly user: User }
  /** One factor was right, another is needed. `passkey` is what the browser signs for it. */
  | {
      readonly kind: 'second-factor'
      readonly ticket: string
      readonly methods: readonly ('totp' | 'passkey' | 'recovery')[]
      readonly passkey: unknown
    }
  /** The break-glass account: why it is used is still to be said. */
  | { readonly kind: 'reason-needed'; readonly ticket: string }
  /** Wrong name, password, code or passkey: which of them is not told. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly untilMs: number }

/** Signs a person in by password: five tries, then growing locks, whether or not there is such an account. */
export async function signIn(
  parts: AccountParts,
  credentials: { readonly username: string; readonly password: string },
  visitor: Visitor,
  party: RelyingParty | undefined,
): Promise<SignIn> {
  const { database, tenant } = parts
  const { username } = credentials
  const untilMs = await countAttempt(parts, username, parts.clock.now())
  if (untilMs !== undefined) return { kind: 'locked', untilMs }
  const user = await findUserByName(database, tenant, username)
  const matches = await verifyPassword(credentials.password, user?.passwordHash)
  if (!matches || user === undefined || user.state !== 'active') {
    await logAccountEvent(database, parts, {
      kind: 'sign-in-failed',
      byId: user?.id ?? null,
      subject: user?.username ?? 'unknown name', // What was typed may be a password in the wrong field.
      detail: visitor.address,
    })
    return { kind: 'wrong' }
  }
  await forgetFailures(database, tenant, username)
  return user.kind === 'break-glass'
    ? askReason(parts, user.id, user.passwordHash)
    : goOn(parts, user, visitor, party, 'password')
}

/** The ticket is bound to the seal that the password broke: with that used up, or made anew, it is worth nothing. */
async function askReason(parts: AccountParts, userId: string, seal: string): Promise<SignIn> {
  const ticket = { kind: 'break-glass', userId, data: { seal } } as const
  return { kind: 'reason-needed', ticket: await issueTicket(parts.database, parts, ticket) }
}

/** After the first factor: the session, or what else is needed. */
export async function goOn(
  parts: AccountParts,
  user: User,
  visitor: Visitor,
  party: RelyingParty | undefined,
  method: 'password' | 'provider',
): Promise<SignIn> {
  if (user.kind === 'break-glass') return { kind: 'wrong' } // Its sealed password is the one way in.
  const factors = await confirmedFactors(parts, user.id)
  if (factors.length === 0)
    return parts.database.transaction(sql => completeSignIn(sql, parts, user, visitor, method))
  const passkeys = factors.filter(factor => factor.kind === 'passkey')
  const asked = passkeys.length > 0 && party !== undefined ? await passkeyToAsk(party, passkeys) : undefined
  const ticket = await issueTicket(parts.database, parts, {
    kind: 'second-factor',
    userId: user.id,
    data: { method, challenge: asked?.challenge ?? null },
  })
  return {
    kind: 'second-factor',
    ticket,
    methods: [
      ...(asked === undefined ? [] : (['passkey'] as const)),
      ...(factors.some(factor => factor.kind === 'totp') ? (['totp'] as const) : []),
      'recovery',
    ],
    passkey: asked?.options ?? null,
  }
}

/** Asks for the second factor again, of a sign-in that waits for it: after coming back from a provider. */
export async function askAgain(
  parts: AccountParts,
  sent: string,
  visitor: Visitor,
  party: RelyingParty | undefined,
): Promise<SignIn> {
  const ticket = await readTicket(parts.database, parts, 'second-factor', sent)
  if (ticket?.userId == null || !(await consumeTicket(parts.database, parts.tenant, ticket.id)))
    return { kind: 'wrong' }
  const user = await findUser(parts.database, parts.tenant, ticket.userId)
  const { method } = ticket.data as { method: 'password' | 'provider' } // Written by `goOn`.
  return user?.state === 'active' ? goOn(parts, user, visitor, party, method) : { kind: 'wrong' }
}

/** What shows the second factor: `response` is the browser's answer to the ticket's own challenge. */
export type SecondProof =
  | Extract<Proof, { kind: 'totp' | 'recovery' }>
  | { readonly kind: 'passkey'; readonly response: unknown }

/** The second step of a sign-in. The ticket stays for another try until it expires; the person's tries are counted. */
export async function giveSecondFactor(
  parts: AccountParts,
  sent: string,
  proof: SecondProof,
  visitor: Visitor,
  party: RelyingParty | undefined,
): Promise<SignIn> {
  const { database, tenant } = parts
  const ticket = await readTicket(database, parts, 'second-factor', sent)
  const user = ticket?.userId == null ? undefined : await findUser(database, tenant, ticket.userId)
  if (ticket === undefined || user?.state !== 'active') return { kind: 'wrong' }
  const begun = ticket.data as { method: 'password' | 'provider'; challenge: string | null } // Written by `goOn`.
  const result =
    proof.kind === 'passkey'
      ? await passkeyProves(parts, user, party, begun.challenge, proof.response)
      : await checkProof(parts, user, proof, party, 'sign-in')
  if (result.kind !== 'proven') return result
  const method: SessionMethod = begun.method === 'provider' ? 'provider+factor' : `password+${proof.kind}`
  return database.transaction(async sql =>
    (await consumeTicket(sql, tenant, ticket.id))
      ? completeSignIn(sql, parts, user, visitor, method)
      : { kind: 'wrong' },
  )
}

async function passkeyProves(
  parts: AccountParts,
  user: User,
  party: RelyingParty | undefined,
  challenge: string | null,
  response: unknown,
) {
  const untilMs = await countAttempt(parts, factorName(user.id), parts.clock.now())
  if (untilMs !== undefined) return { kind: 'locked', untilMs } as const
  const proven =
    party !== undefined &&
    challenge !== null &&
    (await passkeyUser(parts.database, parts, party, challenge, response, user.id)) !== undefined
  if (!proven) return { kind: 'wrong' } as const
  await forgetFailures(parts.database, parts.tenant, factorName(user.id))
  return { kind: 'proven' } as const
}

/** Begins a sign-in by passkey alone: no name is asked for, so none can be probed. */
export async function askPasskey(
  parts: AccountParts,
  party: RelyingParty,
): Promise<{ readonly ticket: string; readonly options: unknown }> {
  const { options, challenge } = await passkeyToAsk(party, undefined)
  const ticket = await issueTicket(parts.database, parts, {
    kind: 'passkey-sign-in',
    userId: null,
    data: { challenge },
  })
  return { ticket, options }
}

/** Signs in whoever's passkey signed the ticket's challenge. Device and its unlocking are two factors. */
export async function signInByPasskey(
  parts: AccountParts,
  sent: string,
  response: unknown,
  visitor: Visitor,
  party: RelyingParty,
): Promise<SignIn> {
  const { database, tenant } = parts
  const ticket = await readTicket(database, parts, 'passkey-sign-in', sent)
  if (ticket === undefined || !(await consumeTicket(database, tenant, ticket.id))) return { kind: 'wrong' }
  const { challenge } = ticket.data as { challenge: string } // Written by `askPasskey`.
  const userId = await passkeyUser(database, parts, party, challenge, response)
  const user = userId === undefined ? undefined : await findUser(database, tenant, userId)
  if (user?.state !== 'active' || user.kind === 'break-glass') {
    const subject = user?.username ?? 'unknown passkey'
    await logAccountEvent(database, parts, {
      kind: 'sign-in-failed',
      byId: null,
      subject,
      detail: visitor.address,
    })
    return { kind: 'wrong' }
  }
  return database.transaction(sql => completeSignIn(sql, parts, user, visitor, 'passkey'))
}

/** Opens the session. Everything that was needed has been shown. */
export async function completeSignIn(
  sql: Sql,
  parts: AccountParts,
  user: User,
  visitor: Visitor,
  method: SessionMethod,
): Promise<Extract<SignIn, { kind: 'signed-in' }>> {
  if (user.kind === 'break-glass' && method !== 'break-glass')
    throw new AppError(
      'forbidden',
      'the break-glass account opens with its sealed password and a reason alone',
    )
  await noteSignIn(sql, parts.tenant, user.id, parts.clock.now())
  const session = await openSession(sql, parts, user, visitor, method)
  await logAccountEvent(sql, parts, {
    kind: 'sign-in',
    byId: user.id,
    subject: user.username,
    detail: `${visitor.address}, ${method}`,
  })
  return { kind: 'signed-in', session, user }
}
