import { cutText } from '../lib/cut-text.ts'
import { named, titled } from '../lib/quoted.ts'

/** A title is read at a glance. */
const longest = 120

/**
 * `Description on HOST`, and how many further kinds of alert there are. Of a description of several sentences the first; the
 * whole stands with the alerts. Backslashes that Wazuh doubles are single.
 */
export function caseTitle(description: string, host: string, rules: number): string {
  const what = firstSentence(description.replaceAll(/\s+/g, ' ').replaceAll('\\\\', '\\').trim())
  const short = wholeWords(what.replace(/\.$/, ''))
  const where = host === '' ? '' : ` on ${named(host)}`
  const more = rules > 1 ? ` and ${rules - 1} other kind${rules > 2 ? 's' : ''} of alert` : ''
  return `${titled(short)}${where}${more}`
}

/** Up to the first full stop before a capital that is not behind an abbreviation, a single letter or a word or two. */
function firstSentence(text: string): string {
  for (const { index } of text.matchAll(/[.!?] (?=\p{Lu})/gu)) {
    const sentence = text.slice(0, index)
    if (
      sentence.length >= 20 &&
      !/(?:^|[\s(])(?:\p{L}|e\.g|i\.e|vs|etc|no|inc|corp|ltd|approx)$/iu.test(sentence)
    )
      return sentence
  }
  return text
}

/** The beginning, cut between words; inside one only where it is most of the text. */
function wholeWords(text: string): string {
  if (text.length <= longest) return text
  const end = text.lastIndexOf(' ', longest - 1)
  return `${end > longest / 2 ? text.slice(0, end) : cutText(text, longest - 1)}…`
}
