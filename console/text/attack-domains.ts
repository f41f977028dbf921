import type { AttackDomain } from '../../src/http/contract.ts'

/** `Enterprise 17.1, ICS 18.1`: what is known here of ATT&CK. */
export function attackDomainsText(domains: readonly AttackDomain[]): string {
  return domains.map(({ name, version }) => `${name} ${version}`).join(', ')
}
