import type { MailOrganisation } from '../../domain/mail.ts'
import { knownBrands } from './brands.ts'
import { freeMail } from './domains.ts'

/** A sender that no block may name, as a protected asset of a response. */
export interface ProtectedSender {
  readonly kind: 'mail-address' | 'mail-domain'
  readonly value: string
  readonly why: string
}

/**
 * Whom a forged mail could make an organisation block: itself, everybody at a free mail provider, or a well-known firm. A
 * single address at a provider or firm can be blocked.
 */
export function mailProtection({ domains, brands }: MailOrganisation): ProtectedSender[] {
  const own = domains.flatMap((value): ProtectedSender[] => {
    const why = 'it is your own domain: a forged sender is stopped by DMARC, not by a block'
    return [
      { kind: 'mail-domain', value, why },
      { kind: 'mail-address', value: `@${value}`, why },
    ]
  })
  const shared = (values: Iterable<string>, why: string) =>
    [...values].map((value): ProtectedSender => ({ kind: 'mail-domain', value, why }))
  return [
    ...own,
    ...shared(freeMail, 'half of the world writes from it: block the sender'),
    ...shared(
      [...knownBrands, ...brands].flatMap(brand => brand.domains),
      'it is the domain of a well-known firm: block the sender',
    ),
  ]
}
