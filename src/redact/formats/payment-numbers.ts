import { matchesInRun, numberRuns, runKind } from '../runs.ts'
import type { View } from '../view.ts'
import { passesLuhn, remainder97 } from './check-digits.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

const cardShape = /(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-]|\.\d)/g
/** Numbers outside the published ranges are cards where the words before say so. */
const cardBefore = /\b(?:card|cards|cc|visa|mastercard|amex|maestro|jcb|karte|carte|tarjeta)\b[^\d\n]{0,24}$/i
const cardUnits = runKind('0-9 -', 12)
const ibanShape =
  /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?(?![A-Za-z0-9])/g
// First digits and lengths of the networks' ranges, as they publish them.
const networks: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:2131|1800)/, [15]],
  [/^(?:30[0-5]|3[689])/, [14, 15, 16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50[0-9]|5[6-9]|6304|6759|676[1-3]|60)/, [12, 13, 14, 15, 16, 17, 18, 19]],
]
// The IBAN registry: country and length.
const ibanLengths = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24
  FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28
  LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22
  SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VG24 XK20`
    .split(/\s+/)
    .map(entry => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** Payment cards (network, length and Luhn) and IBANs (ISO 13616: country, length and remainder). */
export function findPaymentNumbers(view: View): FormatMatch[] {
  const matches: FormatMatch[] = []
  const cards = numberRuns(view, cardUnits, 12).flatMap(run => matchesInRun(view.text, run, cardShape))
  for (const { start, match } of cards) {
    const digits = match[0].replaceAll(/[ -]/g, '')
    const known = networks.some(([first, lengths]) => first.test(digits) && lengths.includes(digits.length))
    const named = cardBefore.test(view.text.slice(Math.max(0, start - 48), start))
    if ((known || named) && passesLuhn(digits)) matches.push(formatMatch('card', start, match[0], digits))
  }
  for (const match of view.text.matchAll(ibanShape)) {
    const found = ibanIn(match[0])
    if (found !== undefined) {
      matches.push(formatMatch('iban', match.index, found, found.replaceAll(' ', '').toUpperCase()))
    }
  }
  return matches
}

/** The IBAN that a run starts with: text may follow it without a break. */
function ibanIn(run: string): string | undefined {
  const length = ibanLengths.get(run.slice(0, 2).toUpperCase())
  if (length === undefined) return undefined
  let end = 0
  for (let seen = 0; seen < length; end++) {
    if (end >= run.length) return undefined
    if (run.charAt(end) !== ' ') seen++
  }
  const written = run.slice(0, end)
  const compact = written.replaceAll(' ', '').toUpperCase()
  return remainder97(compact.slice(4) + compact.slice(0, 4)) === 1 ? written : undefined
}
