import { addressOfIdentity } from './address.ts'
import { placeholderWord } from './placeholder.ts'
import type { Span } from './span.ts'
import type { Vault } from './vault.ts'

/** The placeholder of a span's exact text, new or already issued. */
export function placeholderFor(span: Span, value: string, vault: Vault): string {
  return vault.issue(span.identity, value, owner => stemOf(span, owner))
}

/** What stands between the brackets: relations that an analysis needs stay visible in it. */
function stemOf(span: Span, vault: Vault): string {
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
  const sid = /^sid (s-1-5-21(?:-\d+){3})-(\d{1,10})$/.exec(span.identity)
  if (sid?.[1] !== undefined) {
    // The domain's part is replaced; the relative id stays, since 500 or 512 means the same everywhere.
    return `${word}-${vault.numberOf(word, sid[1])}-${sid[2]}`
  }
  const outside = /^email-outside [^@]+@([a-z0-9.-]{1,80})$/.exec(span.identity)
  if (outside !== null) return `${word}-${vault.number(word)}@${outside[1]}`
  return `${word}-${vault.number(word)}`
}
