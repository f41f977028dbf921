import type { IndicatorRole, IndicatorType } from '../domain/indicator.ts'
import { lastAtMost } from '../lib/last-at-most.ts'
import { deniesAt } from './denied-clauses.ts'

/** Words around an indicator that say what it does, most telling first. */
const rolePatterns: readonly (readonly [IndicatorRole, RegExp])[] = [
  [
    'command-and-control',
    /\bc ?(?:2|&|and) ?c?\b|\bcommand[ -]and[ -]control\b|\bc&c\b|\bbeacon(?:s|ing|ed)?\b|\bcall(?:s|ed|ing)? ?(?:back|home)\b|\bcheck-?in\b|post-infection|infection traffic|\btraffic\b|\bteam ?server\b|\bpanel\b/i,
  ],
  ['exfiltration', /exfiltrat|stolen data|\bupload(?:s|ed)? (?:to|the)\b|\bdrop ?zone\b/i],
  [
    'delivery',
    /download(?:s|ed|er|ing)?\b|\bdeliver|\bhost(?:s|ed|ing)\b|phish|landing page|\bredirect|\blures?\b|\bdistribut|\bpayload (?:url|location)|\bfile location|\binitial (?:url|link)|\bstag(?:er|ing)\b|\b(?:curl|wget|iwr|certutil|invoke-webrequest)\b|\b(?:deploy|install|fetch|retriev|drop|load)(?:s|ed|es|ing)?\b[^.]{0,80}\bfrom\b/i,
  ],
  [
    'sender',
    /\bsender|\bfrom:|reply-to|\bsent from\b|\b(?:e-?)?mails?\b[^.]{0,40}\b(?:came )?from\b|originating/i,
  ],
  // `victims typed their passwords into X` is not about a victim's host; `a victim, whose address was X` is.
  [
    'victim',
    /\bvictim(?:['’]?s)?[:\s]*$|\bvictim(?:['’]s|s['’])? (?:address|domain|network|web ?site|site|server|host|organi[sz]ation|compan)|\bvictim\b[^.]{0,80}\bwhose\b|\btarget(?:s|ed)? (?:organi[sz]ation|compan|host|domain)|\bcompromised (?:\w+ )?(?:web ?)?sites?\b|\bour (?:own )?(?:tenant|domain|scanner|server|network)\b/i,
  ],
  [
    'reference',
    /\breferences?\b|\bsources?\b|\bread more\b|\bsee (?:also|more)\b|\bhttps?:\/\/(?:www\.)?(?:x|twitter)\.com\b|\bblog ?post\b|\bauthors?\b|\bfurther reading\b|\bbenign\b|\bnot malicious\b|\bimpersonated\b/i,
  ],
]

/** What a list says that is not to be looked for, whatever kind it is of. */
const notLookedFor = /\bto_ids is false\b|\(benign\)/

export function isNotLookedFor({ line }: Surroundings): boolean {
  return notLookedFor.test(line)
}

/** A mailbox to write to: the report's own, or a reader's. */
const contact =
  /\bcontact\b|\bquestions?\b|\breach (?:us|me|out)\b|\bwrite to\b|\b(?:ping|e-?mail|ask) (?:us|me)\b|\breport(?:ed)? to\b|\bwenden sie sich\b|\bkontakt\b|\bsupport@|\bauthors?\b/i

const network: readonly IndicatorType[] = ['ipv4', 'ipv6', 'cidr', 'domain', 'url']
const digests: readonly IndicatorType[] = ['md5', 'sha1', 'sha256', 'sha512']

/** The words around an indicator. */
export interface Surroundings {
  /** Its line, or the part of a long one around it. */
  readonly line: string
  /** Its sentence within the line; in a row of a table or list, the row. */
  readonly sentence: string
  /** The words just around it in its sentence. */
  readonly near: string
  /** The nearest heading above. */
  readonly heading: string
  /** Whether the sentence says that it has nothing to do with what is told. */
  readonly denied: boolean
}

/**
 * The role that the words around an indicator give it: its own sentence first, then the heading above. Files are payloads
 * unless they are said to be something else. A judgement by keywords; a model may refine it later, with a citation.
 */
export function roleOf(type: IndicatorType, { line, sentence, near, heading }: Surroundings): IndicatorRole {
  if (notLookedFor.test(line)) return 'reference'
  if (digests.includes(type)) return 'payload'
  if (type === 'email') {
    if (contact.test(sentence)) return 'reference'
    return /\bvictim/i.test(sentence) && !/\bfrom\b/i.test(sentence) ? 'victim' : 'sender'
  }
  if (!network.includes(type)) return 'unknown'
  // Names say nothing about roles: `c2-tools.example` is no command server for that.
  // Whose host is a victim's is said right beside it; one sentence can go on to who attacked them.
  for (const words of [sentence, heading]) {
    // Most rows of a long list have no word in them.
    if (!/[a-z]{2}/i.test(words)) continue
    for (const [role, pattern] of rolePatterns)
      if (pattern.test((role === 'victim' ? near : words).replaceAll(/\S+[.[]\S+/g, ' '))) return role
  }
  return 'unknown'
}

/** Finds the line around an offset and the nearest heading above it. Ask in any order. */
export function surroundings(text: string): (offset: number) => Surroundings {
  const starts: number[] = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const headings: number[] = []
  let latest = -1
  starts.forEach((start, index) => {
    if (isHeading(lineAt(index))) latest = start
    headings.push(latest)
  })
  function lineAt(index: number): string {
    return text.slice(starts[index], starts[index + 1] ?? text.length).slice(0, 2000)
  }
  return offset => {
    const index = lastAtMost(starts, offset)
    const start = starts[index] ?? 0
    const from = Math.max(0, offset - start - 160)
    const line = text.slice(start + from, Math.min(offset + 160, starts[index + 1] ?? text.length))
    const above = headings[index] ?? -1
    const heading = above === -1 ? '' : (text.slice(above, above + 120).split('\n', 1)[0] ?? '')
    const at = offset - start - from
    const { text: sentence, start: begins } = sentenceIn(line, at)
    const near = sentence.slice(Math.max(0, at - begins - 90), Math.max(0, at - begins) + 60)
    return { line, sentence, near, heading, denied: deniesAt(sentence, at - begins) }
  }
}

/** Headings of pages and documents arrive as plain lines; these few decide what a list below them is. */
const bareHeading =
  /^(?:\d[\d.]* )?(?:references?|sources?|further reading|links|read more|related (?:posts|articles|reading)|quellen|(?:appendix:? )?indicators?(?: of compromise)?(?: \(iocs?\))?|iocs?|network indicators|c2 servers?)$/i

/** The sentence of a line that holds a place in it. Abbreviations may cut it short: then it says less, never more. */
function sentenceIn(line: string, at: number): { readonly text: string; readonly start: number } {
  let start = 0
  for (const { index, 0: mark } of line.matchAll(/[.!?][)"'”]?\s+(?=[\p{Lu}"“(])/gu)) {
    const end = index + mark.length
    if (end > at) return { text: line.slice(start, index + 1), start }
    start = end
  }
  return { text: line.slice(start), start }
}

/** A Markdown heading, a short line that ends in a colon, or a short line in capitals. */
function isHeading(line: string): boolean {
  const text = line.trim()
  if (text.length < 3 || text.length > 100) return false
  return (
    /^#{1,6} /.test(text) ||
    (/:$/.test(text) && !/^[-*] /.test(text)) ||
    bareHeading.test(text) ||
    /^[\p{Lu}\d\s&/()-]{6,}$/u.test(text)
  )
}
