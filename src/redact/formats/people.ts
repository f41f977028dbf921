import { holds, type LiteralKind, literalKind } from '../literals.ts'
import type { View } from '../view.ts'
import { firstNames } from './first-names.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

/*
 * Names of people in sentences. Logs are left alone: there an account name is found by the inventory and by its
 * place, and a capitalised word is a product. A line counts as a sentence when it has the small words of one.
 */

const word = "\\p{Lu}[\\p{Ll}\\p{M}'’-]+(?:\\p{Lu}[\\p{Ll}]+)?"
const name = `${word}(?:(?: \\p{Lu}\\.?)? (?:(?:van|von|de|der|den|da|di|del|la|le|el|al|bin|ibn|du|dos|ter) ){0,2}${word}){0,2}`
const anyName = "[\\p{L}'’-]{2,24}(?: \\p{L}[\\p{L}'’.-]{0,24}){0,2}"
const titles = 'Mr Mrs Ms Miss Mx Dr Prof Professor Sir Herr Frau Mme Sr Sra'.split(' ')

/**
 * Words that say: what follows is a person. Without one of the `words` a form is not there, nor without the plain
 * part that `needs` looks for: logs cost neither the form nor that.
 */
const introductions: readonly {
  readonly words?: LiteralKind
  readonly needs: RegExp
  readonly form: RegExp
}[] = [
  {
    words: literalKind(...titles.flatMap(title => [`${title.toLowerCase()} `, `${title.toLowerCase()}. `])),
    needs: new RegExp(`(?:${titles.join('|')})\\.? `),
    form: new RegExp(`(?<!\\p{L})(?:${titles.join('|')})\\.? (${name})`, 'gu'),
  },
  {
    words: literalKind('name is '),
    needs: /name is /i,
    form: new RegExp(
      `\\b(?:my|his|her|their|your)(?: (?:last|first|full|maiden))? name is (${anyName}?)(?= but\\b| and\\b|[.,;!?\\n]|$)`,
      'giu',
    ),
  },
  {
    words: literalKind('call me ', 'calls me '),
    needs: /calls? me /i,
    form: /\b(?:everyone|they|people|friends) calls? me ([\p{L}'’-]{2,24})(?=[.,;!?\n]|$)/giu,
  },
  {
    words: literalKind('hi ', 'hello ', 'hey ', 'dear ', 'good morning ', 'good afternoon '),
    needs: /(?:Hi|Hello|Hey|Dear|Good morning|Good afternoon) /,
    form: new RegExp(
      `(?:^|\\n)(?:Hi|Hello|Hey|Dear|Good morning|Good afternoon) (${name})(?=[,!:\\n]|$)`,
      'gu',
    ),
  },
  {
    words: literalKind(
      ...['follow up', 'followed up', 'speak', 'spoke', 'talk', 'talked', 'met', 'meeting', 'call'].flatMap(
        verb => [`${verb} with `, `${verb} to `],
      ),
    ),
    needs: /(?:up|ke?|alk|alked|[Mm]et|ing|all) (?:with|to) /,
    form: new RegExp(
      `\\b(?:[Ff]ollow(?:ed)? up|[Ss]p(?:eak|oke)|[Tt]alk(?:ed)?|[Mm]et|[Mm]eeting|[Cc]all) (?:with|to) (${name})`,
      'gu',
    ),
  },
  {
    words: literalKind('called ', 'named '),
    needs: /(?:called|named) /,
    form: new RegExp(
      `\\b(?:grand)?(?:father|mother|brother|sister|son|daughter|wife|husband|friend|colleague)(?: (?:was|is))? (?:called|named) (${name})`,
      'gu',
    ),
  },
  {
    words: literalKind('regards', 'sincerely', 'thanks', 'thank you', 'cheers'),
    needs: /(?:[Rr]egards|[Ss]incerely|[Tt]hanks|[Tt]hank you|[Cc]heers),? ?\n/,
    form: new RegExp(
      `(?:[Rr]egards|[Ss]incerely|[Tt]hanks|[Tt]hank you|[Cc]heers),? ?\\n+(${name})(?=\\n|$)`,
      'gu',
    ),
  },
  {
    words: literalKind("i'm ", 'i’m ', 'i am '),
    needs: /I(?:'m|’m| am) /,
    form: new RegExp(`(?<![\\p{L}.])I(?:'m|’m| am) (${word} ${word}|${word}(?=,))`, 'gu'),
  },
  // Of a signature: a line of its own.
  { needs: /(?:^|\n)\p{Lu}/u, form: new RegExp(`(?:^|\\n)(${word} \\p{Lu}\\.? ${word})(?=\\n)`, 'gu') },
]
const saying = new RegExp(
  `(?<![\\p{L}@./\\\\-])(${name})(?=(?:,? (?:said|says|wrote|writes|asked|asks|explained|replied|shouted|told|lives|works|had given|points out)\\b|['’]s (?:address|daughter|son|wife|husband|phone|e-?mail|card|account|house|office)\\b))`,
  'gu',
)
const said = new RegExp(`(?:said|says|wrote|asked|replied) (${name})(?=[ ,.]|$)`, 'gu')
const capitalised = new RegExp(`(?<![\\p{L}\\p{N}@./\\\\_=-])(${name})(?![\\p{N}@_=/\\\\-])`, 'gu')
const smallWords =
  /\b(?:the|is|was|were|my|you|i|i'm|your|we|our|please|had|her|his|she|he|me|who|what|when|they|their|have|would|could|this)\b/i
const logLine = /^[\s>]*(?:[[{<(|#]|\d{4}-\d\d|\w{3} [ \d]\d \d\d:|\d+[.:]\d)/
/** Words that begin a sentence or are a salutation's other half, and no name. */
const notNames =
  /^(?:The|This|That|There|They|Please|What|When|Where|Who|How|Why|You|Your|All|Team|Sir|Madam|Customer|Everyone|Support|User|Admin|Colleague|Friend|Sorry|Sure|Glad|Happy|Not|New|From|Error|Failed|Windows|Microsoft|Google|Linux|He|She|It|We|I|And|But|Or|If|In|On|At|As|For)$/

const roles =
  /^(?:Producer|President|Minister|Director|Professor|Doctor|Captain|Sergeant|Officer|Analyst|Researcher|Engineer|Author|Singer|Manager|Chief) /

/** Finds people: by what introduces them, and by first names in sentences. */
export function findPeople(view: View): FormatMatch[] {
  const { text } = view
  const matches: FormatMatch[] = []
  const add = (start: number, found: string): void => {
    const role = roles.exec(found)?.[0] ?? ''
    const person = found.slice(role.length)
    const [first = ''] = person.split(' ')
    if (!notNames.test(first)) matches.push(formatMatch('person', start + role.length, person))
  }
  let lineStart = 0
  for (const line of text.split('\n')) {
    if (line.length < 4_000 && !logLine.test(line) && smallWords.test(line)) {
      for (const match of line.matchAll(capitalised)) addListed(add, lineStart + match.index, match[1] ?? '')
      for (const form of [saying, said]) {
        for (const match of line.matchAll(form)) {
          const found = match[1] ?? ''
          add(lineStart + match.index + match[0].indexOf(found), found)
        }
      }
    }
    lineStart += line.length + 1
  }
  const possible = introductions.filter(
    ({ words, needs }) => (words === undefined || holds(view, words)) && needs.test(text),
  )
  if (possible.length === 0 || (matches.length === 0 && !mayIntroduce.test(text))) return matches
  for (const { form } of possible) {
    for (const match of text.matchAll(form)) {
      const found = match[1] ?? ''
      add(match.index + match[0].lastIndexOf(found), found)
    }
  }
  return matches
}

const mayIntroduce =
  /\b(?:m[rsx]s?|miss|dr|prof|herr|frau|name|calls?|hi|hello|hey|dear|regards|sincerely|thanks|cheers|phone|e-?mail)\b/i

/** From a run of capitalised words, the part that starts with a first name. */
function addListed(add: (start: number, found: string) => void, start: number, run: string): void {
  let at = 0
  for (const part of run.split(' ')) {
    if (firstNames.has(part.toLowerCase())) {
      add(start + at, run.slice(at))
      return
    }
    at += part.length + 1
  }
}
