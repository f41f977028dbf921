import { addressOfIdentity } from './address.ts'
import { placeholderWord } from './placeholder.ts'
import type { Span } from './span.ts'
import type { Vault } from './vault.ts'

/** The placeholder of a span's exact text, new or already issued. */
export function placeholderFor(span: Span, value: string, vault: Vault): string {
  return vault.issue(span.identity, value, owner => stemOf(span, value, owner))
}

/** What stands between the brackets: relations that an analysis needs stay visible in it. */
function stemOf(span: Span, value: string, vault: Vault): string {
  const word = placeholderWord(span.class)
  if (span.class.startsWith('address.')) {
    const address = addressOfIdentity(span.identity.slice('address '.length))
    if (address !== undefined) {
      // Networks of the usual size: /24 for IPv4, /64 for IPv6.
      const network = `${address.bits} ${address.value >> (address.bits === 32 ? 8n : 64n)}`
      const subnet = vault.numberOf(word, network)
      return `${word}-${subnet}-${vault.number(`${word} in ${network}`)}`
    }
  }
  if (span.class === 'sid') {
    // The domain's part is replaced; the relative id stays, since 500 or 512 means the same everywhere.
    const cut = value.lastIndexOf('-')
    return `${word}-${vault.numberOf(word, value.slice(0, cut).toUpperCase())}-${value.slice(cut + 1)}`
  }
  if (span.class === 'email') {
    const domain = span.identity.slice(span.identity.lastIndexOf('@') + 1)
    const shown = span.identity.startsWith('email-outside') && domain.length <= 80 ? `@${domain}` : ''
    return `${word}-${vault.number(word)}${shown}`
  }
  return `${word}-${vault.number(word)}`
}
