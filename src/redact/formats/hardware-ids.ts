import type { View } from '../view.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

const mac =
  /(?<![\w:.-])(?:[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})(?![\w]|[:.-][\w])/gi
const domainSid = /(?<![\w-])S-1-5-21(?:-\d{1,10}){3}(?:-\d{1,10})?(?![\w-])/gi
const uuid = /(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi

/** MAC addresses, security identifiers of a domain or machine, UUIDs. */
export function findHardwareIds(view: View): FormatMatch[] {
  const matches: FormatMatch[] = []
  const { text } = view
  for (const match of text.matchAll(mac)) {
    const digits = match[0].replaceAll(/[:.-]/g, '').toLowerCase()
    // Nobody's: all zero, broadcast, and multicast of IPv4 and IPv6.
    if (/^(?:0{12}|f{12}|01005e|3333)/.test(digits)) continue
    matches.push(formatMatch('mac', match.index, match[0], digits))
  }
  // S-1-5-18, S-1-5-32-544 and their like are the same on every machine and stay.
  if (/S-1-5-21-/i.test(text)) {
    for (const match of text.matchAll(domainSid)) matches.push(formatMatch('sid', match.index, match[0]))
  }
  for (const match of text.matchAll(uuid)) matches.push(formatMatch('uuid', match.index, match[0]))
  return matches
}
