import type {
  AddedFactor,
  Banners,
  BreakGlassState,
  FactorList,
  NewTotp,
  PasskeyQuestion,
  Proof,
  SignInRules,
  StepUpQuestion,
} from '../../src/http/contract-sign-in.ts'
import { makePasskey } from './passkey.ts'
import { getJson, sendJson } from './request.ts'

/** How the person can prove that it is still them. */
export function askStepUp(purpose: string): Promise<StepUpQuestion> {
  return sendJson('POST', '/api/step-up', { purpose })
}

export function listFactors(signal: AbortSignal): Promise<FactorList> {
  return getJson('/api/factors', signal)
}

export function beginTotp(proof: Proof | undefined): Promise<NewTotp> {
  return sendJson('POST', '/api/factors/totp', { proof })
}

export function confirmTotp(id: string, code: string): Promise<AddedFactor> {
  return sendJson('POST', `/api/factors/totp/${encodeURIComponent(id)}/confirm`, { code })
}

/** Asks, has the browser make the passkey, and keeps it. */
export async function addPasskey(name: string, proof: Proof | undefined): Promise<AddedFactor> {
  const { ticket, options } = await sendJson<PasskeyQuestion>('POST', '/api/factors/passkey/question', {
    proof,
  })
  const response = await makePasskey(options)
  return sendJson('POST', '/api/factors/passkey', { ticket, name, response })
}

export function removeFactor(id: string, proof: Proof | undefined): Promise<void> {
  return sendJson('POST', `/api/factors/${encodeURIComponent(id)}/remove`, { proof })
}

export function renewRecoveryCodes(proof: Proof | undefined): Promise<{ recoveryCodes: string[] }> {
  return sendJson('POST', '/api/factors/recovery-codes', { proof })
}

export function readSignInRules(signal: AbortSignal): Promise<SignInRules> {
  return getJson('/api/sign-in-rules', signal)
}

export function writeSignInRules(rules: SignInRules, proof: Proof | undefined): Promise<SignInRules> {
  return sendJson('PUT', '/api/sign-in-rules', { ...rules, proof })
}

export function readBreakGlass(signal: AbortSignal): Promise<BreakGlassState> {
  return getJson('/api/break-glass', signal)
}

export function sealBreakGlass(proof: Proof | undefined): Promise<{ username: string; password: string }> {
  return sendJson('POST', '/api/break-glass/seal', { proof })
}

export function acknowledgeBreakGlass(id: string): Promise<void> {
  return sendJson('POST', `/api/break-glass/${encodeURIComponent(id)}/acknowledge`)
}

/** What everybody has to see on every page. */
export function listBanners(signal: AbortSignal): Promise<Banners> {
  return getJson('/api/banners', signal)
}
