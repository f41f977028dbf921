import { findRuns, matchesInRun, runKind } from '../runs.ts'
import type { View } from '../view.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

const mac =
  /(?<![\w:.-])(?:[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})(?![\w]|[:.-][\w])/gi
const domainSid = /(?<![\w-])S-1-5-21(?:-\d{1,10}){3}(?:-\d{1,10})?(?![\w-])/gi
const uuid = /(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi

const digitsAndBreaks = runKind('0-9a-fA-F:.-', 14)

/** MAC addresses, security identifiers of a domain or machine, UUIDs. */
export function findHardwareIds(view: View): FormatMatch[] {
  const matches: FormatMatch[] = []
  const { text } = view
  for (const run of findRuns(view, digitsAndBreaks)) {
    for (const { start, match } of matchesInRun(text, run, mac)) {
      const digits = match[0].replaceAll(/[:.-]/g, '').toLowerCase()
      if (!isNobodys(digits)) matches.push(formatMatch('mac', start, match[0], digits))
    }
    if (run.end - run.start < 36) continue
    for (const { start, match } of matchesInRun(text, run, uuid)) {
      matches.push(formatMatch('uuid', start, match[0]))
    }
  }
  // S-1-5-18, S-1-5-32-544 and their like are the same on every machine and stay.
  if (view.lower.includes('s-1-5-21-')) {
    for (const match of text.matchAll(domainSid)) matches.push(formatMatch('sid', match.index, match[0]))
  }
  return matches
}

/** All zero, broadcast, multicast of IPv4 and IPv6. */
function isNobodys(digits: string): boolean {
  return /^(?:0{12}|f{12}|01005e|3333)/.test(digits)
}
