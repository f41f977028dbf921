import { startAuthentication, startRegistration } from '@simplewebauthn/browser'

/** Whether this browser has passkeys at all. */
export const browserHasPasskeys = 'PublicKeyCredential' in globalThis

/** Has the browser sign the server's question; throws words for a person where it did not. */
export async function askPasskey(options: unknown): Promise<object> {
  // Written by the server's WebAuthn library, read by the browser's.
  const optionsJSON = options as Parameters<typeof startAuthentication>[0]['optionsJSON']
  return startAuthentication({ optionsJSON }).catch(refuse)
}

/** Has the browser make a passkey. */
export async function makePasskey(options: unknown): Promise<object> {
  const optionsJSON = options as Parameters<typeof startRegistration>[0]['optionsJSON']
  return startRegistration({ optionsJSON }).catch(refuse)
}

function refuse(error: unknown): never {
  if (error instanceof Error && error.name === 'InvalidStateError')
    throw new Error('This device has a passkey for this account already.')
  throw new Error('No passkey was used: the prompt was closed, or none fits. Try again.')
}
