import type { TrustZone } from './data-class.ts'

/** FIRST's TLP 2.0: RED is for the named recipients, AMBER for the organisation, GREEN for its community. */
export function zonesForTlp(tlp: string | null): readonly TrustZone[] | undefined {
  if (tlp === 'TLP:RED' || tlp === 'TLP:AMBER+STRICT') return ['local']
  if (tlp === 'TLP:AMBER') return ['local', 'on-prem']
  return tlp === 'TLP:GREEN' ? ['local', 'on-prem', 'contracted'] : undefined
}
