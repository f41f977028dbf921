import type { IndicatorRole, IndicatorType } from '../domain/indicator.ts'
import { lastAtMost } from '../lib/last-at-most.ts'

/** Words around an indicator that say what it does, most telling first. */
const rolePatterns: readonly (readonly [IndicatorRole, RegExp])[] = [
  [
    'command-and-control',
    /\bc ?(?:2|&|and) ?c?\b|\bcommand[ -]and[ -]control\b|\bc&c\b|\bbeacon(?:s|ing|ed)?\b|\bcallback\b|\bcheck-?in\b|post-infection|infection traffic|\btraffic\b|\bteam ?server\b|\bpanel\b/i,
  ],
  ['exfiltration', /exfiltrat|stolen data|\bupload(?:s|ed)? (?:to|the)\b|\bdrop ?zone\b/i],
  [
    'delivery',
    /download(?:s|ed|er|ing)?\b|\bdeliver|\bhost(?:s|ed|ing)\b|phish|landing page|\bredirect|\blures?\b|\bdistribut|\bpayload (?:url|location)|\bfile location|\binitial (?:url|link)|\bstag(?:er|ing)\b/i,
  ],
  ['sender', /\bsender|\bfrom:|reply-to|\bsent from\b|\bmail(?:s|ed)? from\b|originating/i],
  ['victim', /\bvictim|\btarget(?:s|ed)? (?:organi[sz]ation|compan|host|domain)/i],
  [
    'reference',
    /\breferences?\b|\bsources?\b|\bread more\b|\bsee (?:also|more)\b|\bhttps?:\/\/(?:www\.)?(?:x|twitter)\.com\b|\bblog ?post\b|\bauthors?\b/i,
  ],
]

const network: readonly IndicatorType[] = ['ipv4', 'ipv6', 'cidr', 'domain', 'url']
const digests: readonly IndicatorType[] = ['md5', 'sha1', 'sha256', 'sha512']

/**
 * The role that the words around an indicator give it: its own line first, then the heading above. Files are payloads
 * unless they are said to be something else. A judgement by keywords; a model may refine it later, with a citation.
 */
export function roleOf(type: IndicatorType, line: string, heading: string): IndicatorRole {
  if (digests.includes(type)) return 'payload'
  if (type === 'email') return /\bvictim/i.test(line) ? 'victim' : 'sender'
  if (!network.includes(type)) return 'unknown'
  // Names say nothing about roles: `c2-tools.example` is no command server for that.
  for (const words of [line.replaceAll(/\S+[.[]\S+/g, ' '), heading])
    for (const [role, pattern] of rolePatterns) if (pattern.test(words)) return role
  return 'unknown'
}

/** Finds the line around an offset and the nearest heading above it. Ask in any order. */
export function surroundings(text: string): (offset: number) => { line: string; heading: string } {
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
    const line = lineAt(index).slice(Math.max(0, offset - start - 160), offset - start + 160)
    const at = headings[index] ?? -1
    return { line, heading: at === -1 ? '' : (text.slice(at, at + 120).split('\n', 1)[0] ?? '') }
  }
}

/** A Markdown heading, a short line that ends in a colon, or a short line in capitals. */
function isHeading(line: string): boolean {
  const text = line.trim()
  if (text.length < 3 || text.length > 100) return false
  return (
    /^#{1,6} /.test(text) ||
    (/:$/.test(text) && !/^[-*] /.test(text)) ||
    /^[\p{Lu}\d\s&/()-]{6,}$/u.test(text)
  )
}
