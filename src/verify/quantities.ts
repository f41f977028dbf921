import { stemOf, wordsOf } from './words.ts'

/** What a number measures. Numbers of different kinds never support each other. */
export type QuantityKind = 'count' | 'percent' | 'bytes' | 'seconds' | 'port' | 'level' | 'label'

/** How a number was hedged: `more than 5` is `above`. */
export type Relation = 'exactly' | 'above' | 'at-least' | 'below' | 'at-most' | 'about'

export interface Quantity {
  readonly kind: QuantityKind
  /** Bytes and seconds are converted. */
  readonly value: number
  readonly relation: Relation
  /** What is counted, as stems: `12 failed logons` has `fail` and `log`. */
  readonly of: readonly string[]
  readonly text: string
}

const small: Readonly<Record<string, number>> = {
  zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11,
  twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19,
  twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
} // biome-ignore format: a table
const scales: Readonly<Record<string, number>> = {
  hundred: 100,
  thousand: 1000,
  million: 1_000_000,
  dozen: 12,
}
const smallWord = Object.keys(small).join('|')
const numberWords = `(?:(?:${smallWord}|a|an)[ -](?:hundred|thousand|million|dozen)|${smallWord}|hundred|dozen)(?:[ -](?:and[ -])?(?:${smallWord}|hundred|thousand|million))*`

const times: Readonly<Record<string, number>> = {
  once: 1,
  twice: 2,
  thrice: 3,
  single: 1,
  sole: 1,
  both: 2,
  pair: 2,
}
const ordinals: Readonly<Record<string, number>> = {
  third: 3, fourth: 4, fifth: 5, sixth: 6, seventh: 7, eighth: 8, ninth: 9, tenth: 10, eleventh: 11, twelfth: 12,
} // biome-ignore format: a table

const digits = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`
const anyNumber = new RegExp(
  String.raw`(?<![\w.]|[\p{L}_)\]]-)(?<number>${digits}|\b(?:${numberWords})\b)(?<suffix>st|nd|rd|th)?(?![\w]*_)`,
  'giu',
)

const sizes: Readonly<Record<string, number>> = { b: 1, byte: 1, kb: 1e3, kib: 1024, mb: 1e6, mib: 1024 ** 2, gb: 1e9, gib: 1024 ** 3, tb: 1e12, kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9 } // biome-ignore format: a table
const durations: Readonly<Record<string, number>> = { ms: 0.001, millisecond: 0.001, s: 1, sec: 1, second: 1, m: 60, min: 60, minute: 60, h: 3600, hr: 3600, hour: 3600, d: 86_400, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 } // biome-ignore format: a table

/** Reads every number of a text (digits and words) with what it measures. Exact names were taken out before. */
export function quantitiesIn(text: string): Quantity[] {
  const found: Quantity[] = []
  const plain = text.replace(/(\d+)([a-z]+)\b/gi, (all, number: string, unit: string) =>
    unit.toLowerCase() in sizes || unit.toLowerCase() in durations ? `${number} ${unit}` : all,
  )
  for (const match of plain.matchAll(anyNumber)) {
    const number = match.groups?.number ?? ''
    const before = plain.slice(Math.max(0, match.index - 40), match.index).toLowerCase()
    const after = plain.slice(match.index + match[0].length, match.index + match[0].length + 40).toLowerCase()
    const value = scaled(readNumber(number.toLowerCase()), before, after)
    if (value === undefined || isPronoun(number, before, after)) continue
    found.push(measured(value, before, after, match[0]))
  }
  for (const word of wordsOf(text)) {
    const value = Object.hasOwn(times, word)
      ? times[word]
      : Object.hasOwn(ordinals, word)
        ? ordinals[word]
        : undefined
    if (value !== undefined) found.push({ kind: 'count', value, relation: 'exactly', of: [], text: word })
  }
  return found
}

const factors: Readonly<Record<string, number>> = { k: 1000, bn: 1e9, billion: 1e9, ...scales }

/** A number with the word behind it that multiplies it (`12 million`, `12k`), or the sign in front. */
function scaled(value: number | undefined, before: string, after: string): number | undefined {
  if (value === undefined) return undefined
  const factor = /^[\s-]?([a-z]+)\b/.exec(after)?.[1] ?? ''
  const sign = /(?:^|[\s(:=])-$/.test(before) ? -1 : 1
  return sign * value * (Object.hasOwn(factors, factor) ? (factors[factor] ?? 1) : 1)
}

function measured(value: number, before: string, after: string, text: string): Quantity {
  const relation = relationBefore(before, after)
  const unit =
    /^[\s-]?\(?(?:(?:sent|received|transferred|uploaded|downloaded|outbound|inbound) )?([a-z]+?)s?\b/.exec(
      after,
    )?.[1] ?? ''
  const common = { relation, of: countedThings(before, after), text }
  if (/^\s*(?:%|percent|per cent)/.test(after)) return { ...common, kind: 'percent', value }
  if (Object.hasOwn(sizes, unit)) return { ...common, kind: 'bytes', value: value * (sizes[unit] ?? 1) }
  if (Object.hasOwn(durations, unit))
    return { ...common, kind: 'seconds', value: value * (durations[unit] ?? 1) }
  if (
    /\b(?:ports?|tcp|udp|[a-z]*_?port)["'\s:=/#-]*(?:number\s*)?(?:(?:is|was|were)\s+)?(?:\d+(?:\s*(?:,|and|or|to)\s*))*$/.test(
      before,
    ) ||
    /^\/(?:tcp|udp)\b/.test(after)
  ) {
    return { ...common, kind: 'port', value }
  }
  if (/\b(?:[a-z]*_?level|severity|lvl)["'\s:=-]*(?:is |of |was )?$/.test(before))
    return { ...common, kind: 'level', value }
  const label =
    /\b(?:rules?|events?|sid|p?pid|uid|gid|agents?|process(?:es)?|id|ids|case|ticket|type|code|sub ?status|version|v|asn?|index|session|inode|year|in|since)["'\s:=#.-]*(?:id|ids|number|no|with id)?["'\s:=#.-]*(?:is |was |of )?$/
  // `bytes_in: 512` is no label, as `in 512` may be.
  if (label.test(before) && !/\b(?:bytes?|octets?)[a-z _]*["'\s]*[:=][\s"']*$/.test(before))
    return { ...common, kind: 'label', value }
  return { ...common, kind: 'count', value }
}

function relationBefore(before: string, after: string): Relation {
  if (/(?:more than|over|above|exceed(?:s|ed|ing)?|greater than|longer than|larger than|>)\s*$/.test(before))
    return 'above'
  if (
    /(?:at least|no fewer than|no less than|minimum of|>=)\s*$/.test(before) ||
    /^\s*(?:or more|\+)/.test(after)
  )
    return 'at-least'
  if (/(?:fewer than|less than|under|below|shorter than|<)\s*$/.test(before)) return 'below'
  if (/(?:at most|up to|no more than|maximum of|<=|within)\s*$/.test(before)) return 'at-most'
  if (/(?:about|around|approximately|roughly|nearly|almost|some|circa|~)\s*$/.test(before)) return 'about'
  return 'exactly'
}

/** Words that are counted: those after the number, or the key before it (`alerts: 12`). */
function countedThings(before: string, after: string): string[] {
  const key = /([\p{L}_ -]+)["']?\s*[:=]\s*["']?$/u.exec(before)?.[1]
  const following = /^[\s-]*((?:[\p{L}'-]+\s?){1,4})/u.exec(after)?.[1] ?? ''
  const words = key === undefined ? wordsOf(following).slice(0, 3) : wordsOf(key).slice(-3)
  return words.filter(word => word.length > 2 && !notCounted.has(word)).map(stemOf)
}

const notCounted = new Set(
  'the and for from with were was are has have had that this these those within between into over than times time total distinct different unique separate other such during before after more less out per each'.split(
    ' ',
  ),
)

/** `one of them`, `one another`, `no one`: not a number. */
function isPronoun(number: string, before: string, after: string): boolean {
  if (number.toLowerCase() !== 'one') return false
  return (
    /^\s*(?:of\b|another|or more|more|can\b|could\b|may\b|should\b|would\b|that\b|which\b|who\b|[.,;)]|$)/.test(
      after,
    ) || /\b(?:no|any|some|every|each|this|that|which|the|last|first|only)\s+$/.test(before)
  )
}

function readNumber(text: string): number | undefined {
  if (/^\d/.test(text)) return Number(text.replaceAll(',', ''))
  let total = 0
  let current = 0
  for (const word of text.split(/[ -]+/)) {
    if (word === 'and') continue
    if (word === 'a' || word === 'an') current = 1
    else if (Object.hasOwn(small, word)) current += small[word] ?? 0
    else if (Object.hasOwn(scales, word)) {
      const scale = scales[word] ?? 1
      current = Math.max(1, current) * scale
      if (scale >= 1000) {
        total += current
        current = 0
      }
    } else return undefined
  }
  return total + current
}

/** Whether a number of the evidence bears out a number of the claim. */
export function bearsOut(claimed: Quantity, known: number): boolean {
  const { value, relation } = claimed
  switch (relation) {
    case 'exactly':
      return Math.abs(known - value) <= Math.abs(value) * 1e-9
    case 'above':
      return known > value && known <= value * 2 + 1
    case 'at-least':
      return known >= value && known <= value * 2 + 1
    case 'below':
      return known < value && known >= value / 2 - 1
    case 'at-most':
      return known <= value && known >= value / 2 - 1
    case 'about':
      return Math.abs(known - value) <= Math.max(1, value * 0.1)
  }
}
