import type { TrustZone } from '../domain/data-class.ts'
import type { AddressKind } from '../lib/address-range.ts'
import type { EgressRule } from '../lib/egress-fetch.ts'
import type { ModelProfile } from './profile.ts'

/** Where a model of a zone can be. Who names a model local, and puts it elsewhere, is told so by the first call. */
const placesOf: Record<TrustZone, readonly AddressKind[] | undefined> = {
  local: ['loopback'],
  'on-prem': ['loopback', 'private'],
  contracted: undefined,
  public: undefined,
}

/** The one place that a model may be reached at. `baseUrl` comes from the profile or is the provider's own. */
export function egressRuleOf(profile: ModelProfile, baseUrl: string): EgressRule {
  const url = new URL(baseUrl)
  const only = placesOf[profile.zone]
  return {
    host: url.hostname,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    ...(profile.addresses ? { addresses: profile.addresses } : {}),
    ...(profile.plainHttp ? { plainHttp: true } : {}),
    ...(only ? { only } : {}),
  }
}
