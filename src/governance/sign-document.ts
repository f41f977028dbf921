import { type KeyObject, sign, verify } from 'node:crypto'

/** Ed25519 over the exact bytes of a document, base64. `openssl pkeyutl -verify -rawin` checks it too. */
export function signDocument(document: string, key: KeyObject): string {
  return sign(null, Buffer.from(document), key).toString('base64')
}

/** Whether the owner of the key signed exactly these bytes. */
export function documentIsSigned(document: string, signature: string, publicKey: KeyObject): boolean {
  return verify(null, Buffer.from(document), publicKey, Buffer.from(signature, 'base64'))
}
