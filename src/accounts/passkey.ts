import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { type FactorRow, markPasskeyUsed, passkeyByCredential } from '../store/second-factors.ts'
import type { AccountParts } from './account-parts.ts'

// WebAuthn (https://www.w3.org/TR/webauthn-3/). The library is loaded at the first use: it takes most of a second.
const library = () => import('@simplewebauthn/server')

/** EdDSA, ES256, RS256: what every authenticator can do (IANA COSE algorithms). */
const supportedAlgorithmIDs = [-8, -7, -257]

/** What passkeys are bound to: the console's host name, and the exact origin that a browser must report. */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
}

/**
 * The public address where it is set; else `localhost`, the one name that browsers accept without TLS. `undefined`
 * where passkeys cannot work: browsers bind them to names, never to addresses.
 */
export function relyingParty(
  publicUrl: string | undefined,
  host: string | undefined,
): RelyingParty | undefined {
  if (publicUrl !== undefined) {
    const { hostname, origin } = new URL(publicUrl)
    return /[a-z]/.test(hostname) && !hostname.startsWith('[') ? { id: hostname, origin } : undefined
  }
  return host !== undefined && /^localhost(:\d{1,5})?$/.test(host)
    ? { id: 'localhost', origin: `http://${host}` }
    : undefined
}

/** What the browser is asked for to make a passkey, with the challenge to check it by. */
export async function passkeyToMake(
  party: RelyingParty,
  user: { readonly id: string; readonly username: string; readonly displayName: string },
  known: readonly FactorRow[],
) {
  const { generateRegistrationOptions } = await library()
  const options = await generateRegistrationOptions({
    rpName: 'Tocsin',
    rpID: party.id,
    userName: user.username,
    userDisplayName: user.displayName,
    userID: new Uint8Array(Buffer.from(user.id)),
    attestationType: 'none',
    supportedAlgorithmIDs,
    excludeCredentials: known.flatMap(describe),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { options, challenge: options.challenge }
}

/** The passkey that a browser made. Throws `passkey-refused`. */
export async function madePasskey(
  party: RelyingParty,
  challenge: string,
  response: unknown,
): Promise<{
  readonly credentialId: string
  readonly publicKey: Buffer
  readonly signCount: number
  readonly transports: string[]
}> {
  const { verifyRegistrationResponse } = await library()
  const result = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON, // The library checks its shape and refuses by throwing.
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    supportedAlgorithmIDs,
    requireUserVerification: true,
  }).catch(refused)
  if (!result.verified) return refused(undefined)
  const { credential } = result.registrationInfo
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    signCount: credential.counter,
    transports: [...(credential.transports ?? [])],
  }
}

/** What the browser is asked to sign; with `known`, by one of these passkeys. */
export async function passkeyToAsk(party: RelyingParty, known: readonly FactorRow[] | undefined) {
  const { generateAuthenticationOptions } = await library()
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    userVerification: 'required',
    ...(known === undefined ? {} : { allowCredentials: known.flatMap(describe) }),
  })
  return { options, challenge: options.challenge }
}

/**
 * Whose passkey signed the challenge; `undefined` where it is unknown, of somebody else than `userId`, made for another
 * origin, without the person's verification, or with a counter that has not grown. Marks it as used.
 */
export async function passkeyUser(
  sql: Sql,
  parts: AccountParts,
  party: RelyingParty,
  challenge: string,
  response: unknown,
  userId?: string,
): Promise<string | undefined> {
  const id = readPointer(response, '/id')
  if (typeof id !== 'string') return undefined
  const known = await passkeyByCredential(sql, parts.tenant, id)
  if (known?.publicKey == null || (userId !== undefined && known.userId !== userId)) return undefined
  const { verifyAuthenticationResponse } = await library()
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON, // As above.
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id, publicKey: new Uint8Array(known.publicKey), counter: known.signCount ?? 0 },
      requireUserVerification: true,
    })
    if (!verified) return undefined
    const { newCounter } = authenticationInfo
    return (await markPasskeyUsed(sql, parts.tenant, known.id, newCounter, parts.clock.now()))
      ? known.userId
      : undefined
  } catch {
    return undefined // The library throws for whatever does not fit; to the caller it is one thing: no proof.
  }
}

function describe(factor: FactorRow) {
  return factor.credentialId === null
    ? []
    : [{ id: factor.credentialId, transports: factor.transports ?? [] }]
}

function refused(cause: unknown): never {
  throw new AppError('passkey-refused', 'the browser’s answer does not fit: start again', { cause })
}
