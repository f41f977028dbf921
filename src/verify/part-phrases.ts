import type { Axis, Side } from './parts.ts'

/** A value with the part that a sentence gives it. */
export interface ClaimedPart {
  readonly value: string
  readonly side: Side
}

// Sentences are looked at with the known values taken out: `‹0› was started by ‹1›`. In the patterns `‹a›` stands for
// a value that plays the first part and `‹b›` for one that plays the second, `‹›` for any, and `~` for nothing but
// words that name what kind of thing a value is.

const kindWords =
  '(?:(?:the|its|an?|new|own|user|account|process|program|host|machine|address|addresses|ip|server|client|sender|recipient|mail|domain|service|image|parent|child|called|named) )*'
const modifiers = '(?:(?:has|had|have|also|then|itself|first|later|once|repeatedly|successfully|directly) )*'
const be = '(?:is|was|were|are|be|being|been|has been|had been)'
/** Who is the subject stands behind no preposition: in `a mail from A was read by B` the mail is. */
const alone = '(?<!\\b(?:from|by|to|of|for|on|at|with|against|in|via|between) ~)'
/** An apposition is over: `A, the source, did` and not `A, the target B`. */
const ends = '(?= ?(?:address|account|user|process|program)? ?(?:[,.;)]|of|$))'
const verb = (stems: string) => `(?:${stems})(?:e?s|e?d|ted|ned|ing|ting|ning|e)?(?![\\p{L}])`
const starting = verb('start|spawn|launch|execut|creat|invok|open|trigger|fork|run|ran|call')
const acting = verb(
  'attack|scan|contact|connect|access|prob|exploit|reach|target|brute-?forc|attempt|tri|send|sent|upload|quer|request|communicat|initiat|open|creat|delet|modif|chang|add|reset|mail|writ|wrote|remov|disabl|enabl|lock|unlock|grant|made|make|reset|assign',
)
const transitive = verb(
  'attack|scan|contact|access|prob|exploit|reach|target|brute-?forc|quer|creat|add|delet|remov|disabl|enabl|reset|mail|modif|chang|lock|unlock',
)

const phrases: Readonly<Record<Exclude<Axis, 'transfer'>, readonly string[]>> = {
  flow: [
    `from ~‹a›`,
    `(?<!(?:receiv|accept|report|detect|log|logg|record|block|raised|seen|shown|see|observ)(?:ed)? )by ~‹a›`,
    `(?:received|accepted) by ~‹b›`,
    `‹a› ?->`,
    `(?:source|sender|attacker|origin|actor|initiator|acting account)(?: address| account| user)?(?: of [^‹›.;]*)? ?(?:${be}|:|=) ~‹a›`,
    `(?:source|sender|client|attacker) ‹a›`,
    `‹a› ${be}(?: the| an?| its)* (?:source|sender|client|attacker|origin|actor|initiator|acting)`,
    `‹a›, (?:the |an? |its )*(?:source|sender|client|attacker|origin|actor|initiator)${ends}`,
    `‹a› as (?:the|its|their) (?:source|sender|client|attacker|origin|actor)`,
    `${alone}‹a› ${modifiers}${acting}`,
    `it (?:was|is) ~‹a› (?:that|who|which)`,
    `‹a› ${be} where [^‹›.;]* from`,
    `who (?:acted|did (?:it|this|so)) ${be} ~‹a›`,
    `to ~‹b›`,
    `‹b› ${be} where [^‹›.;]* to`,
    `(?:arriv|direct|aim|land|end)(?:ed|s|es|ing) (?:at|on) ~‹b›`,
    `that was [a-z]+ (?:is|was) ~‹b›`,
    `(?:against|towards?) ~‹b›`,
    `->? ?‹b›`,
    `(?:target|destination|recipient|victim|receiver)(?: address| account| user)?(?: of [^‹›.;]*)? ?(?:${be}|:|=) ~‹b›`,
    `(?:target|destination|recipient|victim|server) ‹b›`,
    `‹b› ${be}(?: the| an?| its)* (?:target|destination|recipient|victim|receiver|server)`,
    `‹b›, (?:the |an? |its )*(?:target|destination|recipient|victim|receiver|server)${ends}`,
    `‹b› as (?:the|its|their) (?:target|destination|recipient|victim)`,
    `${alone}‹b› ${modifiers}(?:received|receives|got|gets|accepted|accepts)`,
    `${alone}‹b› ${be} (?:[a-z]+ ){1,4}?by`,
    `‹b› had (?:its|the) [a-z]+ [a-z]+ by`,
    `‹b› ${be} the [a-z]+ that ‹`,
    `${transitive} (?:the )?(?:password |passwords |rights |permissions |groups |members )(?:of|for) ~‹b›`,
    `(?:password|change|reset|creation|deletion)(?: [a-z]+)? of ~‹b›`,
    `${transitive} ~‹b›`,
    `(?:change|changes) to ~‹b›`,
  ],
  lineage: [
    `${alone}‹a› ${modifiers}${starting} ~‹b›`,
    `‹b›,? (?:${be} )?(?:[a-z]+ ){0,3}?(?:by|from) (?:its )?~‹a›`,
    `(?:[a-z]+ )?parent(?: process| program| image)?(?: of ~‹b›)?(?: ${be}| =|:| called| named)? ~‹a›`,
    `it (?:was|is) ~‹a› (?:that|who|which) ${starting} ~‹b›`,
    `parent(?: process| program)? of ~‹b›`,
    `‹a› ${be}(?: the| an?| its)* parent`,
    `‹a›, (?:the |an? |its )*parent${ends}`,
    `‹b›'s parent`,
    `‹b› (?:has|had) ‹a› as`,
    `‹a› as (?:the|its) parent`,
    `‹b› (?:has|had) (?:the|an?|its) parent`,
    `‹b›(?: ${be}| ran as| runs as| started as)(?: the| an?| its)* child`,
    `‹b›, (?:the |an? |its )*child${ends}`,
    `child(?: process| program)? of ~‹a›`,
    `child(?: process| program)?(?: of ~‹a›)? (?:${be} |called |named )?~‹b›`,
    `‹a›'s child`,
    `‹a› (?:has|had) (?:the |an? )?(?:child|children)`,
    `‹b› (?:ran|runs|running|was running|executed|started) (?:under|below|beneath|within) ~‹a›`,
    `‹a› above (?:its )?~‹b›`,
    `‹b› (?:below|beneath|under) (?:its )?~‹a›`,
  ],
  change: [
    `from ~‹a› (?:in)?to ~‹b›`,
    `from ~‹a›`,
    `(?:old|previous|former|original|earlier|prior)(?: [a-z]+){0,2}? ?(?:${be}|:|=) ~‹a›`,
    `(?:old|previous|former|original|earlier|prior)(?: [a-z]+)? ‹a›`,
    `(?:was|were) ~‹a›,? (?:before|earlier|previously|until then|and (?:is|became|then|later)|but (?:is|became))`,
    `before(?: [a-z]+){0,4},? (?:[a-z]+ ){0,3}(?:was|were) ~‹a›`,
    `used to be ~‹a›`,
    `no longer ~‹a›`,
    `‹a› was (?:the )?(?:[a-z]+ ){1,3}?(?:before|earlier|previously)`,
    `‹b› (?:is|was) (?:the )?(?:[a-z]+ ){1,3}?(?:after|afterwards|now)`,
    `(?:is|are) (?:[a-z]+ ){0,2}(?:by )?~‹b› now`,
    `(?:made|makes) ~‹b› (?:the|its)`,
    `~‹a› (?:was|were|has been) replaced`,
    `replac(?:ed|es|ing) ~‹a›`,
    `‹a› (?:became|turned into)`,
    `(?:changed|set|modified|updated|switched|moved|turned|renamed)(?: [a-z]+)? (?:in)?to ~‹b›`,
    `(?:new|current|present|later)(?: [a-z]+){0,2}? ?(?:${be}|:|=) ~‹b›`,
    `(?:new|current|present)(?: [a-z]+)? ‹b›`,
    `(?:is|are) (?:now|currently) ~‹b›`,
    `now ~‹b›`,
    `became ~‹b›`,
    `after(?: [a-z]+){0,4},? (?:[a-z]+ ){0,3}(?:is|was|were) ~‹b›`,
    `‹b› (?:has |had )?(?:replaced|replaces)`,
    `replaced (?:by|with) ~‹b›`,
    `(?:is|was|were) ~‹b›,? (?:afterwards|after (?:that|it|the|this)|since)`,
  ],
}

const compiled = Object.fromEntries(
  Object.entries(phrases).map(([axis, list]) => [
    axis,
    list.map(
      phrase =>
        new RegExp(
          `(?<![\\p{L}\\p{N}])${phrase
            .replaceAll('~', kindWords)
            .replace('‹a›', '‹(?<a>\\d+)›')
            .replace('‹b›', '‹(?<b>\\d+)›')}`,
          'giu',
        ),
    ),
  ]),
) as unknown as Readonly<Record<Exclude<Axis, 'transfer'>, readonly RegExp[]>> // The same keys.

/** The parts on an axis that a folded sentence gives to values of the evidence. */
export function partsInPhrase(
  text: string,
  axis: Exclude<Axis, 'transfer'>,
  values: readonly string[],
): ClaimedPart[] {
  const lower = text.toLowerCase()
  const named = values.filter(value => lower.includes(value))
  if (named.length === 0) return []
  const masked = mask(text, named)
  const found: ClaimedPart[] = []
  for (const pattern of compiled[axis]) {
    for (const { groups } of masked.matchAll(pattern)) {
      const a = named[Number(groups?.a ?? Number.NaN)]
      const b = named[Number(groups?.b ?? Number.NaN)]
      if (a !== undefined) found.push({ value: a, side: 'first' })
      if (b !== undefined) found.push({ value: b, side: 'second' })
    }
  }
  return found
}

/** The sentence with each known value as its number, quotes and folders around it gone. */
function mask(text: string, values: readonly string[]): string {
  const order = values
    .map((value, index) => ({ value, index }))
    .sort((x, y) => y.value.length - x.value.length)
  let masked = text
  for (const { value, index } of order) {
    const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    masked = masked.replace(
      new RegExp(
        `["'\`(]?(?<![\\p{L}\\p{N}_.‹-])(?:[a-z]:)?(?:[\\w$%.-]{0,80}[\\\\/]){0,16}${escaped}(?![\\p{L}\\p{N}_›]|[.-][\\p{L}\\p{N}])(?::\\d{1,5}\\b)?["\`)]?`,
        'giu',
      ),
      `‹${index}›`,
    )
  }
  return masked
}
