/** Text that stands where a secret would: templates, shell variables, words that say "put yours here". */
const template =
  /^(?:\$[\w({]|%\w+%|[{[<`]|@[{(]|#\{|!ENV|os\.|process\.|env[.[(]|ENV\[|System\.|[A-Za-z_][\w.]*\(|arn:|file:\/\/|x+$)|\$\{|\$\(|\{\{|\}\}|^&[a-z]+;|\*{3}|\.{3}|…|x{5}|X{4}|#{4}/
const invitation =
  /(?:your|my|insert|replace|change|enter|put)[_ -]?(?:with|me|this|here|own)?[_ -]?(?:secret|token|api|key|pass|value|user)|replace_?me|change_?me/i
const filler =
  /^\W*(?:redacted|masked|hidden|placeholder|example|sample|dummy|todo|fixme|undefined|filtered|removed|not[_ -]?set|protected|secured?|suppressed|string|text)\W*$/i
const emptyWords = new Set(
  'null nil none true false yes no on off undefined string str int bool boolean object function required optional empty unset default required. disabled enabled valid invalid wrong incorrect expired failed missing unknown n/a na'.split(
    ' ',
  ),
)

/** Whether a value is more than a template, a variable or a filler word. */
export function isRealValue(value: string): boolean {
  return (
    ![template, invitation, filler].some(form => form.test(value)) &&
    !emptyWords.has(value.toLowerCase()) &&
    !isRepetitive(value)
  )
}

/** One or two different characters, over and over: nobody's secret. */
function isRepetitive(value: string): boolean {
  return value.length >= 4 && new Set(value).size <= (value.length >= 10 ? 3 : 1)
}

/** Shannon's entropy in bits per character. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Tokens of a fixed form are real where they are no filler and hold enough chance. */
export function hasEntropy(bits: number): (value: string) => boolean {
  return value => entropyBits(value) >= bits && !/example$|x{6}/i.test(value)
}

const wordSegment = /[A-Z]?[a-z]{4,}|[A-Z]{5,}/g

/**
 * Whether a value was drawn by chance and not written by a person: letters and digits mixed, few runs of letters
 * that read as words. Keeps version names, paths and identifiers out of `key=` assignments.
 */
export function looksRandom(value: string, minimumLength = 16): boolean {
  if (value.length < minimumLength || !/^[\w+/=.~!@#$%^&*-]+$/.test(value)) return false
  const digits = value.replaceAll(/\D/g, '').length
  const letters = value.replaceAll(/[^A-Za-z]/g, '').length
  if (digits < 2 || letters < 2) return false
  // `cmp2-qat-120835`, `jjwt-jackson-0.11.2`: words and numbers that somebody joined.
  const parts = value.split(/[-_.]/)
  if (parts.length > 1 && parts.length < 5 && parts.every(part => /^(?:[A-Za-z]*\d{0,2}|\d*)$/.test(part)))
    return false
  let inWords = 0
  for (const [segment] of value.matchAll(wordSegment)) if (/[aeiou]/i.test(segment)) inWords += segment.length
  return inWords <= value.length * 0.55 && entropyBits(value) >= 3 && !/^[\w-]+(?:\.[a-z]{2,})+$/i.test(value)
}
