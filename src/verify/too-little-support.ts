import { type JudgedClaim, struckStatuses } from '../domain/claim.ts'

/**
 * Why an answer is not to be shown, or `undefined` where enough of it holds: at least half of its claims are not
 * struck, and at least one is supported by evidence. An answer without claims has nothing to support.
 */
export function tooLittleSupport(claims: readonly JudgedClaim[]): string | undefined {
  if (claims.length === 0) return undefined
  const struck = claims.filter(({ status }) => struckStatuses.includes(status)).length
  if (struck * 2 > claims.length)
    return `${struck} of ${claims.length} claims are not supported by the evidence`
  const supported = claims.some(({ status }) => status === 'verified' || status === 'written-by-attacker')
  return supported ? undefined : 'no claim is supported by the evidence: all are inferences'
}
