import { z } from 'zod'
import { roles } from '../domain/role.ts'
import { done, idParams, person, signInReply } from './contract.ts'
import { endpoint } from './endpoint.ts'

/** Ways to sign in at the address that this was asked at. */
export const signInOptions = z.object({
  passkeys: z.boolean(),
  /** The name of the OpenID provider; null where there is none. */
  provider: z.string().nullable(),
})
export type SignInOptions = z.infer<typeof signInOptions>

const code = z.string().min(1).max(100)
/** What the browser answered, as JSON: the server checks every part of it. */
const passkeyResponse = z.record(z.string(), z.unknown())

/** Proof that it is still you. A passkey signs the challenge of POST /api/step-up, made for one purpose. */
export const proof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), password: z.string().min(1).max(1000) }),
  z.object({ kind: z.literal('totp'), code }),
  z.object({ kind: z.literal('passkey'), ticket: z.string().max(200), response: passkeyResponse }),
])
export type Proof = z.infer<typeof proof>

const stepUpQuestion = z.object({
  /** Ways in which you can prove it; the first is the best. Empty: your sign-in itself is fresh enough, or sign in again. */
  methods: z.array(z.enum(['password', 'totp', 'passkey'])),
  passkey: z.object({ ticket: z.string(), options: z.unknown() }).nullable(),
})
export type StepUpQuestion = z.infer<typeof stepUpQuestion>

const secondFactor = z.object({
  id: z.string(),
  kind: z.enum(['totp', 'passkey']),
  name: z.string(),
  createdMs: z.number(),
  lastUsedMs: z.number().nullable(),
})
export type SecondFactor = z.infer<typeof secondFactor>

/** Your factors, and whether passkeys can work at this address. */
const factorList = z.object({
  factors: z.array(secondFactor),
  recoveryCodesLeft: z.number().int(),
  passkeysPossible: z.boolean(),
})
export type FactorList = z.infer<typeof factorList>

/** The secret is shown this once. */
const newTotp = z.object({ id: z.string(), secret: z.string(), uri: z.string() })
export type NewTotp = z.infer<typeof newTotp>

/** Recovery codes come with the first factor, and are shown this once. */
const addedFactor = z.object({ recoveryCodes: z.array(z.string()).nullable() })
export type AddedFactor = z.infer<typeof addedFactor>

const passkeyQuestion = z.object({ ticket: z.string(), options: z.unknown() })
export type PasskeyQuestion = z.infer<typeof passkeyQuestion>

const signInRules = z.object({ secondFactorRoles: z.array(z.enum(roles)) })
export type SignInRules = z.infer<typeof signInRules>

/** With the proof left out, only who has no way to give one gets through, right after signing in. */
export const withProof = z.object({ proof: proof.optional() })

const breakGlassUse = z.object({
  id: z.string(),
  atMs: z.number(),
  reason: z.string(),
  address: z.string(),
  acknowledgedMs: z.number().nullable(),
})
export type BreakGlassUse = z.infer<typeof breakGlassUse>

/** `none`: there is no such account; `sealed`: its password was never used; `used`: seal it anew. */
const breakGlassState = z.object({
  state: z.enum(['none', 'sealed', 'used']),
  uses: z.array(breakGlassUse),
})
export type BreakGlassState = z.infer<typeof breakGlassState>

/** What stands on every page: uses of the break-glass account, and accounts that one admin alone gave a say in responses. */
export const banners = z.object({
  breakGlass: z.array(breakGlassUse),
  newVoices: z.array(
    z.object({ person, role: z.enum(roles), by: person, atMs: z.number(), countsFromMs: z.number() }),
  ),
})
export type Banners = z.infer<typeof banners>

/** Second factors: to sign in with, and to prove again who one is. */
export const signInEndpoints = {
  signInOptions: endpoint({
    method: 'GET',
    path: '/api/sign-in',
    summary: 'Ways to sign in here.',
    access: { kind: 'open' },
    reply: signInOptions,
  }),
  beginProvider: endpoint({
    method: 'GET',
    path: '/api/sign-in/provider',
    summary: 'Sends the browser to the OpenID provider. `to`: the page to come back to.',
    access: { kind: 'open' },
    query: z.object({ to: z.string().max(2000).default('/') }),
    reply: z.unknown(),
  }),
  finishProvider: endpoint({
    method: 'GET',
    path: '/api/sign-in/provider/callback',
    summary: 'Where the OpenID provider sends the browser back to.',
    access: { kind: 'open' },
    reply: z.unknown(),
  }),
  resumeSignIn: endpoint({
    method: 'POST',
    path: '/api/sign-in/resume',
    summary: 'The second step of a sign-in that began at the provider.',
    access: { kind: 'open' },
    reply: signInReply,
  }),
  giveSecondFactor: endpoint({
    method: 'POST',
    path: '/api/session/second-factor',
    summary: 'The second step of a sign-in. 401 wrong, 423 locked out for a while.',
    access: { kind: 'open' },
    body: z.object({
      ticket: z.string().max(200),
      proof: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('totp'), code }),
        z.object({ kind: z.literal('recovery'), code }),
        z.object({ kind: z.literal('passkey'), response: passkeyResponse }),
      ]),
    }),
    reply: signInReply,
  }),
  giveReason: endpoint({
    method: 'POST',
    path: '/api/session/reason',
    summary: 'The last step of a sign-in with the break-glass account: why it is used. Everybody is told.',
    access: { kind: 'open' },
    body: z.object({ ticket: z.string().max(200), reason: z.string().max(1000) }),
    reply: signInReply,
  }),
  sealBreakGlass: endpoint({
    method: 'POST',
    path: '/api/break-glass/seal',
    summary: 'Make the break-glass account, or seal it anew. Its password is in the answer and nowhere else.',
    access: { kind: 'role', role: 'admin' },
    body: withProof,
    reply: z.object({ username: z.string(), password: z.string() }),
  }),
  readBreakGlass: endpoint({
    method: 'GET',
    path: '/api/break-glass',
    summary: 'Whether the break-glass account is sealed, and when it was used.',
    access: { kind: 'role', role: 'admin' },
    reply: breakGlassState,
  }),
  acknowledgeBreakGlass: endpoint({
    method: 'POST',
    path: '/api/break-glass/:id/acknowledge',
    summary: 'Take note of a use of the break-glass account: its banner goes. Not with that account itself.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    reply: done,
  }),
  listBanners: endpoint({
    method: 'GET',
    path: '/api/banners',
    summary: 'What everybody who is signed in has to see on every page.',
    access: { kind: 'role', role: 'viewer' },
    reply: banners,
  }),
  askPasskey: endpoint({
    method: 'POST',
    path: '/api/session/passkey/question',
    summary: 'What a passkey signs to sign in with it alone.',
    access: { kind: 'open' },
    reply: passkeyQuestion,
  }),
  signInByPasskey: endpoint({
    method: 'POST',
    path: '/api/session/passkey',
    summary: 'Sign in with a passkey alone.',
    access: { kind: 'open' },
    body: z.object({ ticket: z.string().max(200), response: passkeyResponse }),
    reply: signInReply,
  }),
  askStepUp: endpoint({
    method: 'POST',
    path: '/api/step-up',
    summary:
      'How you can prove that it is still you, for one purpose: the digest of a proposal, or the path of a request.',
    access: { kind: 'signed-in' },
    body: z.object({ purpose: z.string().min(1).max(200) }),
    reply: stepUpQuestion,
  }),
  listFactors: endpoint({
    method: 'GET',
    path: '/api/factors',
    summary: 'Your second factors.',
    access: { kind: 'signed-in' },
    reply: factorList,
  }),
  beginTotp: endpoint({
    method: 'POST',
    path: '/api/factors/totp',
    summary: 'A new secret for an authenticator app (RFC 6238). It counts once confirmed.',
    access: { kind: 'signed-in' },
    body: withProof,
    reply: newTotp,
  }),
  confirmTotp: endpoint({
    method: 'POST',
    path: '/api/factors/totp/:id/confirm',
    summary: 'Confirm the secret with its code of now. Your other sessions end.',
    access: { kind: 'signed-in' },
    params: idParams,
    body: z.object({ code }),
    reply: addedFactor,
  }),
  beginPasskey: endpoint({
    method: 'POST',
    path: '/api/factors/passkey/question',
    summary: 'What the browser is asked for to make a passkey.',
    access: { kind: 'signed-in' },
    body: withProof,
    reply: passkeyQuestion,
  }),
  finishPasskey: endpoint({
    method: 'POST',
    path: '/api/factors/passkey',
    summary: 'Keep the passkey that the browser made. Your other sessions end.',
    access: { kind: 'signed-in' },
    body: z.object({
      ticket: z.string().max(200),
      name: z.string().trim().min(1).max(100),
      response: passkeyResponse,
    }),
    reply: addedFactor,
  }),
  removeFactor: endpoint({
    method: 'POST',
    path: '/api/factors/:id/remove',
    summary: 'Take one of your second factors away.',
    access: { kind: 'signed-in' },
    params: idParams,
    body: withProof,
    reply: done,
  }),
  renewRecoveryCodes: endpoint({
    method: 'POST',
    path: '/api/factors/recovery-codes',
    summary: 'New recovery codes; the old ones are void.',
    access: { kind: 'signed-in' },
    body: withProof,
    reply: z.object({ recoveryCodes: z.array(z.string()) }),
  }),
  readSignInRules: endpoint({
    method: 'GET',
    path: '/api/sign-in-rules',
    summary: 'Which roles take a second factor.',
    access: { kind: 'role', role: 'admin' },
    reply: signInRules,
  }),
  writeSignInRules: endpoint({
    method: 'PUT',
    path: '/api/sign-in-rules',
    summary: 'Say which roles take a second factor: who signed in without one can then only add one.',
    access: { kind: 'role', role: 'admin' },
    body: signInRules.extend(withProof.shape),
    reply: signInRules,
  }),
}
