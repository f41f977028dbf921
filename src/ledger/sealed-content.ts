import { AppError } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { keyedDigest, open, seal } from '../lib/sealed-box.ts'

/**
 * Content as the ledger keeps it: a digest and a ciphertext under the case's own data key. Erasing that key makes
 * the content unreadable for ever, while every hash of the chain still fits.
 */
export type SealedContent = {
  /** HMAC-SHA-256 under the data key, so that short content cannot be guessed from it. */
  readonly digest: string
  /** AES-256-GCM, base64. */
  readonly ciphertext: string
  readonly [key: string]: Json
}

/** Whether a member of an entry's body is sealed content. */
export function isSealed(value: Json | undefined): value is SealedContent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ciphertext' in value &&
    typeof value.ciphertext === 'string' &&
    'digest' in value
  )
}

/** Where data keys are kept, wrapped by the master key. */
export interface DataKeys {
  /** The key of a case, made where there is none. Throws `key-erased` after `erase`. */
  keyOf(tenant: string, caseId: string): Promise<Uint8Array>
  /** Destroys the key. What it sealed cannot be read again by anyone. */
  erase(tenant: string, caseId: string): Promise<void>
}

export async function sealContent(
  keys: DataKeys,
  tenant: string,
  caseId: string,
  content: string | Uint8Array,
): Promise<SealedContent> {
  const key = await keys.keyOf(tenant, caseId)
  const bytes = Buffer.from(content)
  return {
    digest: keyedDigest(key, bytes),
    ciphertext: seal(key, bytes, contextOf(tenant, caseId)).toString('base64'),
  }
}

/** Throws `key-erased` or `cannot-open`. */
export async function openContent(
  keys: DataKeys,
  tenant: string,
  caseId: string,
  sealed: { readonly ciphertext: string },
): Promise<Buffer> {
  const key = await keys.keyOf(tenant, caseId)
  return open(key, Buffer.from(sealed.ciphertext, 'base64'), contextOf(tenant, caseId))
}

const contextOf = (tenant: string, caseId: string) => `ledger content of ${tenant}/${caseId}`

export function keyErased(caseId: string): AppError {
  return new AppError(
    'key-erased',
    `the data key of ${caseId} was erased: its content cannot be read any more`,
  )
}
