import { type KeyObject, sign, verify } from 'node:crypto'

/** Ed25519 over the exact bytes of a document, base64. `openssl pkeyutl -verify -rawin` checks it too. */
export function signDocument(document: string | Uint8Array, key: KeyObject): string {
  return sign(null, bytesOf(document), key).toString('base64')
}

/** Whether the owner of the key signed exactly these bytes. */
export function documentIsSigned(
  document: string | Uint8Array,
  signature: string,
  publicKey: KeyObject,
): boolean {
  return verify(null, bytesOf(document), publicKey, Buffer.from(signature, 'base64'))
}

const bytesOf = (document: string | Uint8Array) =>
  typeof document === 'string' ? Buffer.from(document) : document
