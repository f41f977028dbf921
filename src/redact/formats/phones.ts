import { holds, literalKind } from '../literals.ts'
import { matchesInRun, numberRuns, runKind } from '../runs.ts'
import type { View } from '../view.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

const international =
  /(?<![\w.+-])\+\d{1,3}[ .-]?(?:\(0?\d{0,4}\)[ .-]?)?\d(?:[ .-]?\d){5,12}(?: ?x ?\d{1,5})?(?![\w-]|\.\d)/g
const american =
  /(?<![\w./:=-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?: ?x ?\d{1,5})?(?![\w-]|\.\d)/g
const european =
  /(?<![\w./:=+-])(?:0[1-9](?: \d{2}){4}|0\d{2,4}(?:[ -]\d{2,4}){2,4}|\(0\d{1,4}\)(?: ?\d{2,4}){2,4})(?![\w-]|\.\d| \d)/g
const pairs = /(?<![\w./:=+-])0?\d{2}([.-])\d{2}\1\d{2}\1\d{2}(?:\1\d{2})?(?![\w.-])/g
const namedBefore =
  /\b(?:tele?phone|phone|tel|mobile|cell(?:phone)?|fax|whatsapp|call(?:ed|ing)?(?: (?:me|us|him|her|back))?|reach(?:ed)? (?:me|us|him|her)|text (?:me|us)|sms|hotline|telefon(?:nummer)?|handy)\b[^\d\n]{0,24}\n?[ \t]*$|\b(?:desk|office|work|home|direct|number|contact):[ \t]*\n?[ \t]*$/i
const namingWords = literalKind(
  ...['phone', 'tel\\b', 'mobile', 'cell\\b', 'fax', 'whatsapp', 'call\\b', 'called', 'calling', 'reach'],
  ...['text me', 'text us', 'sms', 'hotline', 'telefon', 'handy'],
  ...['desk:', 'office:', 'work:', 'home:', 'direct:', 'number:', 'contact:'],
)
const number = /\(?\+?\d[\d ()./-]{5,17}\d(?: ?x ?\d{1,5})?(?![\w-]|\.\d)/g
const phoneUnits = runKind('0-9 ()+./x-', 7)

/** Telephone numbers: in the forms that nothing else has, or named as one by the words before. */
export function findPhones(view: View): FormatMatch[] {
  const { text } = view
  const matches: FormatMatch[] = []
  const maybeNamed = holds(view, namingWords)
  for (const run of numberRuns(view, phoneUnits, 7)) {
    for (const form of [international, american, european, pairs]) {
      for (const { start, match } of matchesInRun(text, run, form)) matches.push(phone(start, match[0]))
    }
    if (!maybeNamed || !namedBefore.test(text.slice(Math.max(0, run.start - 40), run.start))) continue
    for (const { start, match } of matchesInRun(text, run, number)) {
      if (match[0].replaceAll(/\D/g, '').length >= 7) matches.push(phone(start, match[0]))
    }
  }
  return matches
}

function phone(start: number, text: string): FormatMatch {
  return formatMatch('phone', start, text, text.replaceAll(/[^\d+x]/g, ''))
}
