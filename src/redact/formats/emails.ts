import type { NameIndex } from '../name-index.ts'
import { unitSet } from '../runs.ts'
import type { View } from '../view.ts'
import { type FormatMatch, runStart } from './format-match.ts'

const localUnits = unitSet("0-9A-Za-z._%+'-")
const otherLetters = /[\p{L}\p{N}]/u
const domainPart = /[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.)+\p{L}[\p{L}\p{N}-]{1,62}(?![\p{L}\p{N}])/uy
/** Local parts that name a service, as in `git@github.com:owner/repository`. */
const notPeople = new Set(['git', 'hg', 'svn'])

/**
 * E-mail addresses (RFC 5322's dot-atom form). The domain of an outside address stays readable in the placeholder:
 * in a phishing case it is the indicator. The person in front of it does not.
 */
export function findEmails(view: View, names: NameIndex): FormatMatch[] {
  const { text, lower } = view
  const matches: FormatMatch[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = runStart(view.units, at, 64, localUnits, otherLetters)
    while (start < at && /[.'%-]/.test(text.charAt(start))) start++
    if (start === at || notPeople.has(lower.slice(start, at))) continue
    domainPart.lastIndex = at + 1
    const domain = domainPart.exec(lower)?.[0]
    if (domain === undefined) continue
    const side = isOwn(domain, names) ? 'email-inside' : 'email-outside'
    const end = at + 1 + domain.length
    matches.push({ start, end, class: 'email', identity: `${side} ${lower.slice(start, end)}` })
  }
  return matches
}

/** Whether a domain is one of the organisation's, or below one. */
function isOwn(domain: string, names: NameIndex): boolean {
  for (let rest = domain; ; rest = rest.slice(rest.indexOf('.') + 1)) {
    if (names.domains.has(rest)) return true
    if (!rest.includes('.')) return /^(?:local|lan|internal|intranet|corp|localdomain)$/.test(rest)
  }
}
