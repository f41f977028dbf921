import type { View } from '../view.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

const fullyQualified =
  /(?<![\w.@-])((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.(?:local|lan|internal|intranet|corp|localdomain|intra))(?![\w-]|\.\w)/g
/** Files of this form that every system has. */
const files = /(?:^|\.)(?:rc|settings|config|env|user|application|hosts|jail|fail2ban)\.local$/
const suffix = /\.(?:local|lan|internal|intranet|corp|localdomain|intra)/

/** Hosts and domains under suffixes that exist only inside (RFC 6762, appendix G; ICANN's `internal`). */
export function findInternalHosts(view: View): FormatMatch[] {
  if (!suffix.test(view.lower)) return []
  const matches: FormatMatch[] = []
  for (const match of view.lower.matchAll(fullyQualified)) {
    const [whole, labels = '', zone = ''] = match
    if (files.test(whole)) continue
    const [host = '', ...between] = labels.split('.')
    // `a.b.corp.local` is host a in domain b.corp.local; `corp.local` alone is a domain.
    const domain = [...between.filter(label => label !== ''), zone].join('.')
    if (host !== '') matches.push(formatMatch('host', match.index, host))
    matches.push(formatMatch('domain', match.index + whole.length - domain.length, domain))
  }
  return matches
}
