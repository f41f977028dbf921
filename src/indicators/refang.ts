/**
 * Undoes defanging: `hxxps[://]evil[.]example` becomes `https://evil.example`. Every style is one pass over the text, in
 * an order that matters: the brackets inside a scheme go before the brackets around dots, and spaced words (`dot`, `at`)
 * last, when the host around them can be recognised. Patterns have bounded repeats only: the text is hostile.
 */
import { hasPublicSuffix } from './host-name.ts'
import { RewrittenText } from './rewritten-text.ts'

const open = String.raw`[\[({<]`
const close = String.raw`[\])}>]`
const ws = String.raw`[ \t]`

/**
 * Invisible characters that split a name without showing, or turn it around: zero-width spaces and joiners, soft hyphen, word
 * joiner, marks of writing direction.
 */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/g

/** A letter of a name, of any script; no quote or dash. */
const letter = String.raw`[\w\u00c0-\u1fff\u3040-\uffdc]`

/** Dots that are not a full stop to a parser but are to a reader, between letters or digits of a name. */
const dotLookAlike = /(?<=[a-z0-9-])(?:[\u2024\u3002\uff0e\uff61]|&(?:#46|#x2e|period);)(?=[a-z0-9-])/gi

// hxxp, h**p, h__p, hXXp, h00p, hp, meow, htxp; then the separator in any dress: ://, [:]//, [://], :__, __, :\\
const separator = String.raw`(?:${open}{0,3}:${close}{0,3}${open}{0,3}(?:\/\/\/?|\\\\|__)${close}{0,3}|${open}:\/\/${close}|${open}:${close}\/\/|__(?=[\w[]))`
const webScheme = new RegExp(
  String.raw`(?<![a-z0-9])(?:h(?:tt|xx|zz|\*\*|__|00|tx|xt|\.\.|\[tt\]|\(tt\)|\[xx\])?p|meow)(${open}?s${close}?)?${separator}${ws}?${open}?(?=[\w\[(]|${letter})`,
  'gi',
)
const fileScheme = new RegExp(
  String.raw`(?<![a-z0-9])(s?)f(?:t|x|\*|_)[px](s?)${separator}${ws}?(?=[\w\[(])`,
  'gi',
)
const otherScheme = new RegExp(
  String.raw`(?<![a-z0-9])(tcp|udp|wss?|smb|ldaps?|rmi|tftp|ssh|git|dns|file|socks[45]?|irc|mqtts?)(?:${open}{1,2}:${close}{0,2}\/\/|${open}:\/\/${close})`,
  'gi',
)

// One dot in brackets, both sides or one, with spaces only where both sides have a bracket.
const dotWord = String.raw`(?:\.|,|dot|d0t|punto)`
const bracketedDot = new RegExp(
  String.raw`(?<=[\])}-]|${letter})(?:${ws}{0,4}(?:${open}${ws}{0,4}){1,8}${dotWord}${ws}{0,4}(?:${close}${ws}{0,4}){1,8})(?=[\[({-]|${letter})`,
  'gi',
)
const spacedHalfDot = new RegExp(
  String.raw`(?<=\w)${ws}{1,4}${open}${ws}{0,4}(?:\.|dot${ws}+)(?=[a-z]{2,})`,
  'gi',
)
const halfOpenDot = new RegExp(String.raw`(?<=[\w-])${open}{1,4}(?:\.|dot)(?=[a-z0-9])`, 'gi')
const halfCloseDot = new RegExp(String.raw`(?<=[\w-])(?:\.|dot)${close}{1,4}(?=[a-z0-9])`, 'gi')
const escapedDot = /(?<=[a-z0-9-])\\{1,8}(?:\.|\(\.\\?\))(?=[a-z0-9])/gi

const bracketedColon = new RegExp(String.raw`(?<=[\w\])])${open}:${close}(?=[\d/\\])`, 'g')
const bracketedSlash = new RegExp(String.raw`(?<=[\w/])${open}\/${close}?(?=[\w.-]|$)`, 'gm')
const bracketedAt = new RegExp(
  String.raw`(?<=[\w.+-])${ws}{0,3}${open}${ws}{0,3}(?:@|at|_at_)${ws}{0,3}${close}${ws}{0,3}(?=[\w\[-])`,
  'gi',
)

// `user at example[dot]com`: the bracketed dot says that the host is one, so the spoken at-sign can go.
const spokenAt = new RegExp(
  String.raw`(?<=[\w.+-])(?:${ws}{1,3}at${ws}{1,3}|${ws}{0,3}@${ws}{1,3}|${ws}{1,3}@)(?=[\w-]{1,63}${ws}{0,4}${open}{1,4}${ws}{0,4}(?:\.|dot))`,
  'gi',
)

// `user at example dot com`, `user @ example.com`, `user/AT/example/DOT/com`: only where all of it is there.
const spokenMail =
  /(?<![\w.+-])([\w.+-]{1,64})(?: {1,3}at {1,3}| ?\/at\/ ?| {0,3}@ {0,3})([\w-]{1,63}(?:(?: {1,3}dot {1,3}|\/dot\/|\.)[\w-]{2,63}){1,5})(?![\w-])/gi
const spokenDot =
  /(?<=^|[\s"'(])([a-z0-9-]{2,63}) dot (com|net|org|info|biz|ru|io|xyz|top|club|site|online)(?=$|[\s"'),./:])/gim

// A host inside a URL, written with commas, or with one space before its dots.
const commaHost = /(?<=:\/\/)[\w-]+(?:,[\w-]+){1,6}(?=[/:\s]|$)/g
const spacedHost = /(?<=:\/\/[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}) \.(?=[a-z]{2,})/gi

/** The text with every common style of defanging undone, and the way back to the original offsets. */
export function refang(original: string): RewrittenText {
  const text = new RewrittenText(original)
  text.rewrite(invisible, () => '')
  text.rewrite(dotLookAlike, () => '.')
  text.rewrite(webScheme, match => schemeOf(match))
  text.rewrite(fileScheme, match => `${match[1] ?? ''}ftp${match[2] ?? ''}://`.toLowerCase())
  text.rewrite(otherScheme, match => `${match[1]}://`.toLowerCase())
  text.rewrite(spokenAt, () => '@')
  // Two passes: in `a[.]b[.]c` with one-letter labels, neighbours share the character between them.
  for (let pass = 0; pass < 2; pass++) text.rewrite(bracketedDot, match => dotOrComma(match))
  text.rewrite(spacedHalfDot, () => '.')
  text.rewrite(halfOpenDot, () => '.')
  text.rewrite(halfCloseDot, () => '.')
  text.rewrite(escapedDot, () => '.')
  text.rewrite(bracketedColon, () => ':')
  text.rewrite(bracketedSlash, () => '/')
  text.rewrite(bracketedAt, () => '@')
  text.rewrite(spokenMail, match => spokenAddress(match))
  text.rewrite(spokenDot, match => `${match[1]}.${match[2]}`)
  text.rewrite(commaHost, match => match[0].replaceAll(',', '.'))
  text.rewrite(spacedHost, () => '.')
  return text
}

/** A refanged scheme in lower case; undefined where it was not defanged at all. */
function schemeOf(match: RegExpExecArray): string | undefined {
  const plain = /^https?:\/\/$/i.test(match[0])
  if (plain) return undefined
  const literalAddress =
    /\[$/.test(match[0]) && /^[0-9a-f]{0,4}:/i.test(match.input.slice(match.index + match[0].length))
  return `http${match[1] === undefined ? '' : 's'}://${literalAddress ? '[' : ''}`
}

/** `[,]` is a dot only between digits (`10[,]0`), since `foo[,]bar` is a list in code. */
function dotOrComma(match: RegExpExecArray): string | undefined {
  if (!match[0].includes(',')) return '.'
  const before = match.input[match.index - 1] ?? ''
  return /\d/.test(before) ? '.' : undefined
}

function spokenAddress(match: RegExpExecArray): string | undefined {
  const [whole, user = '', host = ''] = match
  const spoken = !whole.includes('@')
  // `look at example.com` is prose: without an at-sign, the dots must be spoken as well.
  const plain = host.replaceAll(/ {1,3}dot {1,3}|\/dot\//gi, '.')
  if (spoken && (plain === host || !hasPublicSuffix(plain))) return undefined
  return `${user}@${plain}`
}
