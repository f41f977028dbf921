import { brandOfDomain, type KnownBrand, knownBrands } from '../sender/brands.ts'
import type { Examined } from './finding.ts'

/** Whether a registrable domain is one of the brand's own. */
export function isAtHome(domain: string, brand: KnownBrand): boolean {
  return brand.domains.some(own => domain === own || domain.endsWith(`.${own}`))
}

/** Whether two registrable domains are of one owner, as far as we know: equal, or of one brand. */
export function sameOwner(a: string, b: string): boolean {
  return a === b || (a !== '' && brandOfDomain(a) !== undefined && brandOfDomain(a) === brandOfDomain(b))
}

const brandDomains = [...new Set(knownBrands.flatMap(brand => brand.domains))]

/** Domains worth imitating: the organisation's, and the well-known brands'. */
export function imitableDomains({ organisation }: Examined): readonly string[] {
  return organisation.domains.length === 0 ? brandDomains : [...organisation.domains, ...brandDomains]
}
