import { findAccounts } from './formats/accounts.ts'
import { findEmails } from './formats/emails.ts'
import type { FormatFinder } from './formats/format-match.ts'
import { findHardwareIds } from './formats/hardware-ids.ts'
import { findInternalHosts } from './formats/internal-hosts.ts'
import { findNationalIds } from './formats/national-ids.ts'
import { findPaymentNumbers } from './formats/payment-numbers.ts'
import { findPeople } from './formats/people.ts'
import { findPhones } from './formats/phones.ts'
import { findPostalAddresses } from './formats/postal-addresses.ts'
import type { NameIndex } from './name-index.ts'
import type { Span } from './span.ts'
import type { View } from './view.ts'

/** What is sensitive by its form alone. One file each; a new one is one line here. */
const finders: readonly FormatFinder[] = [
  findEmails,
  findInternalHosts,
  findHardwareIds,
  findPaymentNumbers,
  findNationalIds,
  findPhones,
  findPeople,
  findPostalAddresses,
]

/** Runs every format over a view. */
export function findFormats(view: View, names: NameIndex): Span[] {
  return finders.flatMap(find => spansOf(find, view, names))
}

/** Accounts and machines in paths: these are spoilt where a backslash is taken for an escape. */
export function findPaths(view: View, names: NameIndex): Span[] {
  return spansOf(findAccounts, view, names)
}

function spansOf(find: FormatFinder, view: View, names: NameIndex): Span[] {
  return find(view, names).map(match => ({
    ...view.toSource(match.start, match.end),
    class: match.class,
    identity: match.identity,
  }))
}
