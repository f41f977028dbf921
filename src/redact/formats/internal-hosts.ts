import { holds, literalKind } from '../literals.ts'
import { unitSet } from '../runs.ts'
import type { View } from '../view.ts'
import { type FormatMatch, formatMatch, runStart } from './format-match.ts'

const suffix = /\.(?:local|lan|internal|intranet|corp|localdomain|intra)(?![\w-]|\.\w)/g
const suffixes = literalKind('.local', '.lan', '.internal', '.intra', '.corp')
const labels = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const hostUnits = unitSet('a-z0-9_.-')
/** Files of this form that every system has. */
const files = /(?:^|\.)(?:rc|settings|config|env|user|application|hosts|jail|fail2ban)\.local$/

/** Hosts and domains under suffixes that exist only inside (RFC 6762, appendix G; ICANN's `internal`). */
export function findInternalHosts(view: View): FormatMatch[] {
  const matches: FormatMatch[] = []
  if (!holds(view, suffixes)) return matches
  const text = view.lower
  for (const match of text.matchAll(suffix)) {
    const end = match.index + match[0].length
    const start = runStart(view.lowerUnits, match.index, 240, hostUnits)
    const before = text.charAt(start - 1)
    const name = text.slice(start, match.index).replace(/^[-._]+/, '')
    const whole = name + match[0]
    if (before === '@' || !labels.test(name) || files.test(whole)) continue
    // `a.b.corp.local` is host a in domain b.corp.local; `corp.local` alone is a domain.
    const dot = name.indexOf('.')
    const domain = whole.slice(dot + 1)
    if (dot > 0) matches.push(formatMatch('host', end - whole.length, name.slice(0, dot)))
    matches.push(formatMatch('domain', end - domain.length, domain))
  }
  return matches
}
