import { stemOf } from './words.ts'

/**
 * Words that turn each other around. A claim that says one while its evidence says only the other is false, whatever
 * else fits. `strict` pairs must moreover be borne out: who says "succeeded" needs evidence of an outcome.
 */
interface Pair {
  readonly name: string
  readonly weight: 'strict' | 'plain'
  readonly plus: RegExp
  readonly minus: RegExp
}

const pairs: readonly Pair[] = [
  {
    name: 'outcome',
    weight: 'strict',
    plus: /^(?:succe|accept|grant|authoriz|authoris|authenticated$|logged-on$|managed$|gained$|obtained$|able$)/,
    minus:
      /^(?:fail|unsuccess|deny|denied|denial|reject|refus|invalid|incorrect|wrong|bad$|unauthoriz|unauthoris)/,
  },
  {
    name: 'passage',
    weight: 'strict',
    plus: /^(?:allow|permit|accept|pass(?:ed|es)$)/,
    minus: /^(?:block|deny|denied|denial|drop|prevent|reject|refus|quarantin|stopp)/,
  },
  {
    name: 'switch',
    weight: 'plain',
    plus: /^(?:enabl|activat|reactivat|reenabl)/,
    minus: /^(?:disabl|deactivat)/,
  },
  {
    name: 'encryption',
    weight: 'plain',
    plus: /^encrypt/,
    minus: /^(?:unencrypt|plaintext|cleartext|decrypt)/,
  },
  { name: 'signature', weight: 'plain', plus: /^signed$/, minus: /^unsigned/ },
  {
    name: 'run',
    weight: 'plain',
    plus: /^(?:start|restart|launch)/,
    minus: /^(?:stop|terminat|kill|shutdown|halt)/,
  },
  { name: 'existence', weight: 'plain', plus: /^(?:creat|add)/, minus: /^(?:delet|remov|eras|wip)/ },
  {
    name: 'presence',
    weight: 'plain',
    plus: /^(?:present|found|exist)/,
    minus: /^(?:absent|missing|nonexist)/,
  },
  { name: 'lock', weight: 'plain', plus: /^(?:lock(?:ed|out|s)?$)/, minus: /^unlock/ },
  {
    name: 'direction',
    weight: 'plain',
    plus: /^(?:inbound|incoming|ingress)/,
    minus: /^(?:outbound|outgoing|egress)/,
  },
  { name: 'place', weight: 'plain', plus: /^internal/, minus: /^external/ },
  { name: 'transfer', weight: 'plain', plus: /^upload/, minus: /^download/ },
  { name: 'link', weight: 'plain', plus: /^connect/, minus: /^disconnect/ },
  { name: 'session', weight: 'plain', plus: /^(?:open|logon$|login$)/, minus: /^(?:clos|logoff|logout)/ },
  { name: 'install', weight: 'plain', plus: /^install/, minus: /^uninstall/ },
  {
    name: 'intent',
    weight: 'plain',
    plus: /^(?:benign|legitimat|harmless)/,
    minus: /^(?:malicious|suspicious|hostil)/,
  },
  { name: 'familiarity', weight: 'plain', plus: /^(?:known|familiar)/, minus: /^(?:unknown|unfamiliar)/ },
  {
    name: 'trend',
    weight: 'plain',
    plus: /^(?:increas|rose|elevat)/,
    minus: /^(?:decreas|lower|reduc|fell)/,
  },
  { name: 'order', weight: 'plain', plus: /^before$/, minus: /^after$/ },
  { name: 'privilege', weight: 'plain', plus: /^privileg/, minus: /^unprivileg/ },
]

/** Words that say a side of a strict pair in some sentences and something else in others. */
const soft = /^(?:drop|prevent|stopp|pass|bad|wrong|manag|gain|obtain|able|authenticated|logged-on)/

/** A word with the side that it says. */
export interface Stance {
  readonly pair: string
  readonly weight: Pair['weight']
  readonly side: 'plus' | 'minus'
  readonly word: string
}

/** Stands in the place of an exact name, number or time that was taken out of a sentence. */
export const nameMark = '\u220e'

/** A word in its place, with whether a negation reaches it. */
export interface PlacedWord {
  readonly word: string
  /** What it says together with the word behind it: `logged on` says that a log-on succeeded, `logged` does not. */
  readonly phrase?: 'logged-on'
  readonly stem: string
  readonly negated: boolean
  /** Which negation of the text reaches it, counted from 1; 0 for none. */
  readonly negation: number
  /** How many words that matter stand between: 1 is the first. */
  readonly distance: number
}

const negation =
  /^(?:not|no|never|none|neither|nor|without|cannot|nothing|nobody|nowhere|lack|lacks|lacked|lacking|unable|n't|false|zero)$/
/** Negations end at these. */
const boundary =
  /^(?:but|however|although|though|because|while|whereas|which|that|who|and|or|,|;|\.|:|\(|\)|")$/
/** Words that a negation passes over on its way to what it denies. */
export const passedOver =
  /^(?:any|been|be|was|were|is|are|has|have|had|did|does|do|the|a|an|yet|ever|to|of|further|additional|other|such|single|only|it|this|there|in|by|on|at)$/
const reach = 4

/**
 * The words of a text with the negations that reach them: forward over at most four words that matter, and, for
 * `key: false` or `key: 0`, backward to the key.
 */
export function placeWords(text: string): PlacedWord[] {
  const apart = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase()
    .replace(/\b(?:can)not\b/g, 'can not')
    .replace(/(\w)n't\b/g, '$1 not')
    // `0 alerts` denies as `no alerts` does; the 0 of `0>&1` says nothing.
    .replace(/(?<![\w.,:])0(?=\s+[a-z])/g, 'zero')
    // A negative answer beside its name: `quarantined: false`, `"other_hosts":0`, `shell=none`.
    .replace(
      /([a-z][a-z -]*)["']?\s*[:=]\s*["']?(?:false|no|none|null|0|never)\b(?!\.\d|["']?\s+[a-z])/g,
      (_all, key: string) => key.replace(/[a-z]+(?=[^a-z]*$)/, word => `${word}\u0000`),
    )
  const parts = apart.match(/[\p{L}]+\u0000?|'s\b|[,;.:()"]|\u220e+|\d[\d.,]*/gu) ?? []
  const placed: PlacedWord[] = []
  let left = 0
  let by = ''
  let negations = 0
  for (const [at, part] of parts.entries()) {
    const answered = part.endsWith('\u0000')
    const word = answered ? part.slice(0, -1) : part
    if (negation.test(word)) {
      left = reach
      by = word
      negations++
      continue
    }
    if (boundary.test(word) || (/^(?:without|lack)/.test(by) && /^(?:was|were|is|are|has|had)$/.test(word))) {
      // `neither A nor B`, `no A or B`: the negation reaches over.
      if (!/^(?:or|and)$/.test(word) || by === 'not') left = 0
      continue
    }
    const negated = answered || left > 0
    if (answered) negations++
    const distance = answered ? 1 : negated ? reach - left + 1 : 0
    placed.push({
      word: /^[\d\u220e]/.test(word) ? nameMark : word,
      ...(saysLoggedOn(parts, at) ? { phrase: 'logged-on' as const } : {}),
      stem: stemOf(word),
      negated,
      negation: negated ? negations : 0,
      distance,
    })
    if (left > 0 && !passedOver.test(word)) left--
  }
  return placed
}

/** Somebody `logged on`; what `was logged on 5 April` is an event. */
function saysLoggedOn(parts: readonly string[], at: number): boolean {
  return (
    /^(?:logged|signed)$/.test(parts[at] ?? '') &&
    /^(?:on|in|into|onto)$/.test(parts[at + 1] ?? '') &&
    !/^(?:was|were|been|is|are|be)$/.test(parts[at - 1] ?? '')
  )
}

/** A text whose exact names are blanks in `rest`, with a mark in the place of each. */
export function markNames(text: string, rest: string): string {
  return text.replace(/\S/g, (character, at: number) => (rest[at] === ' ' ? nameMark : character))
}

/** The sides that words take. A negated word takes the other one. */
export function stancesOf(words: readonly PlacedWord[]): Stance[] {
  return words.flatMap(({ word, phrase, negated }) =>
    pairs.flatMap(({ name, weight, plus, minus }): Stance[] => {
      const said = phrase ?? word
      const says = minus.test(said) ? 'minus' : plus.test(said) ? 'plus' : undefined
      if (says === undefined) return []
      // "Not before" is not "after": a negated time or order says nothing of the other side.
      const turned = negated && name !== 'order'
      const side = turned ? (says === 'plus' ? 'minus' : 'plus') : says
      return [{ pair: name, weight: soft.test(said) ? 'plain' : weight, side, word }]
    }),
  )
}
