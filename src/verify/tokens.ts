import ipaddr from 'ipaddr.js'

/** A piece of a sentence that names one thing exactly. `value` is in the form that is compared. */
export interface Token {
  readonly kind:
    | 'placeholder'
    | 'url'
    | 'email'
    | 'address'
    | 'hash'
    | 'cve'
    | 'attack-id'
    | 'evidence-id'
    | 'path'
    | 'domain'
    | 'identifier'
    | 'quoted'
  readonly value: string
  /** As written. */
  readonly text: string
}

const clockOrDate = /^(?:\d{1,2}:\d\d(?::\d\d)?|\d{4}-\d\d-\d\d(?:t\d.*)?)$/i

interface Pattern {
  readonly kind: Token['kind']
  readonly pattern: RegExp
  /** The compared form; `undefined` where the match is none of this kind after all. */
  readonly read?: (match: string) => string | undefined
}

const trimEnd = (text: string) => text.replace(/[.,;:!?)\]}'"]+$/, '')

/** In this order: what one pattern takes, the later ones do not see. */
const patterns: readonly Pattern[] = [
  {
    kind: 'quoted',
    pattern: /"[^"]{2,}"|`[^`]{2,}`|(?<![\w'])'[^'\s](?:[^']*[^'\s])?'(?!\w)/g,
    read: unquoted,
  },
  { kind: 'url', pattern: /\b[a-z][a-z+.-]{1,9}:\/\/[^\s"'<>]+/gi, read: trimEnd },
  { kind: 'placeholder', pattern: /\[[A-Z][A-Z-]*-\d[^[\]\s]*\]/g, read: text => text },
  { kind: 'email', pattern: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g },
  {
    kind: 'address',
    pattern: /(?<![\w:.])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*(?:%\w+)?(?:\/\d{1,3})?(?!\w)/gi,
    read: addressOf,
  },
  { kind: 'identifier', pattern: /\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi },
  {
    kind: 'address',
    pattern: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\w]|\.\d)/g,
    read: addressOf,
  },
  { kind: 'identifier', pattern: /\{?\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b\}?/gi },
  { kind: 'identifier', pattern: /\bS-1-\d+(?:-\d+)+\b/gi },
  { kind: 'hash', pattern: /\b(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b/gi },
  { kind: 'cve', pattern: /\bC[VW]E-\d[\d-]*\d\b|\bCWE-\d\b/gi },
  { kind: 'attack-id', pattern: /\b(?:T\d{3,6}(?:\.\d{1,4})?|TA\d{3,5}|[GSM]\d{4})\b/g },
  { kind: 'evidence-id', pattern: /\bE\d{1,4}\b/g },
  { kind: 'path', pattern: /\b(?:HK(?:LM|CU|CR|U|CC)|HKEY_[A-Z_]+)\\[^\s,;"]+/gi, read: trimEnd },
  { kind: 'path', pattern: /(?<!\w)(?:[A-Za-z]:|\\)?[\w.$%~{}@+()-]*\\[^\s"<>|*?,;]*/g, read: trimEnd },
  { kind: 'path', pattern: /(?<![\w/.<)\]])(?:~|\.{1,2})?\/(?:[\w.@%+=:~$*{}-]+\/?)+/g, read: trimEnd },
  {
    kind: 'domain',
    pattern: /\b(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9]{1,23}\b/gi,
    read: nameWithDots,
  },
  { kind: 'identifier', pattern: /(?<![\w$-])[\w$][\w$.-]*[\w$](?![\w$])/g, read: identifierOf },
]

/**
 * Takes every exact name out of a folded text. `rest` is the text with each of them replaced by blanks, for the
 * readers of numbers, times and words that come after.
 */
export function takeTokens(text: string): { readonly tokens: readonly Token[]; readonly rest: string } {
  const tokens: Token[] = []
  let rest = text
  for (const { kind, pattern, read } of patterns) {
    rest = rest.replace(pattern, match => {
      const value = (read ?? (found => found))(match)
      if (value === undefined) return match
      tokens.push({ kind, value: kind === 'placeholder' ? value : value.toLowerCase(), text: match })
      const kept = kind === 'quoted' ? match.length : trimEnd(match).length
      return ' '.repeat(kept) + match.slice(kept)
    })
  }
  return { tokens, rest }
}

function unquoted(match: string): string {
  return match.slice(1, -1).trim()
}

/** One spelling of an address or network; what is none (a time, a version) stays in the text. */
function addressOf(match: string): string | undefined {
  const text = trimEnd(match)
  try {
    if (text.includes('/')) {
      const [address, bits] = ipaddr.parseCIDR(text)
      return `${address.toString()}/${bits}`
    }
    if (text.includes(':') ? !ipaddr.IPv6.isValid(text) : !ipaddr.IPv4.isValidFourPartDecimal(text))
      return undefined
    return ipaddr.process(text).toString()
  } catch {
    return undefined
  }
}

/** A host, domain or file name: but not `e.g.` and not two sentences without a space. */
function nameWithDots(match: string): string | undefined {
  if (/^(?:e\.g|i\.e|a\.m|p\.m|u\.s|u\.k|etc\.\w+|vs\.\w+)$/i.test(match)) return undefined
  return match
}

const generic =
  /^(?:sha-?(?:1|2|224|256|384|512)|md[45]|ipv[46]|base(?:32|64)|x(?:86|64)|win(?:32|64)|utf-?(?:8|16)|http\/?[123]|oauth2|[23]fa|k8s|c2|c&c|p2p|s3|ec2|i386|amd64|arm64|tls1|smb[123]|layer-?[2-7]|tier-?[1-3]|0-day)$/i

/**
 * A word that must be a name: letters with digits, an underscore or a dollar sign in it. Ordinals, sizes, durations
 * and dates are left for the readers of numbers and times.
 */
function identifierOf(match: string): string | undefined {
  const text = trimEnd(match).replace(/'s$/, '')
  if (!/[A-Za-z]/.test(text) || !/[\d_$]/.test(text)) return undefined
  if (generic.test(text) || clockOrDate.test(text)) return undefined
  if (/^\d+(?:[.,]\d+)*(?:st|nd|rd|th|x|[kmgt]i?b?|b|ms|s|secs?|m|mins?|h|hrs?|d)$/i.test(text))
    return undefined
  if (/^\d+(?:-[a-z]+)+$/i.test(text) || /^[a-z]+(?:-[a-z]+)*-\d+$/i.test(text)) {
    return /^(?:\d+-[a-z]+|(?:level|port|rule|event|severity|id|top)-\d+)/i.test(text) ? undefined : text
  }
  if (/^\d{1,2}[a-z]{3}\d{2,4}$/i.test(text) || /^\d{1,2}(?:\.\d+)?z$/i.test(text)) return undefined
  return text
}
