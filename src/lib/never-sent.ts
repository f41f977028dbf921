/** Of connecting, before a byte of the request is written. `egress-refused`: our own rules forbid the place. */
const beforeTheRequest = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'egress-refused',
])

/**
 * Whether a request failed before anything of it was sent, so that it was certainly not carried out. What is not known
 * to be so counts as sent: an answer that does not come, or a redirect, may come after the deed.
 */
export function wasNeverSent(error: unknown): boolean {
  return isUntrustedCertificate(error) || errorCodes(error).some(code => beforeTheRequest.has(code))
}

/** Whether the other side's certificate is not trusted; the request is written only after it is. */
export function isUntrustedCertificate(error: unknown): boolean {
  return errorCodes(error).some(
    code => /CERT|SELF_SIGNED/.test(code) || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  )
}

/** The code of an error and of its cause, where undici keeps the system's; the first says most. */
export function errorCodes(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined
  return [error, cause].flatMap(each =>
    typeof each === 'object' && each !== null && 'code' in each ? [String(each.code)] : [],
  )
}
