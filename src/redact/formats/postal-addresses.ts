import { holds, type LiteralKind, literalKind } from '../literals.ts'
import type { View } from '../view.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

/*
 * Postal addresses, anchored on what only they have: a suite or apartment number, a box, a word for street beside a
 * house number, or words that announce one. From there the address runs back to its house number and on to its
 * postal code.
 */

const streetWord =
  '[Ss]treet|[Rr]oad|[Aa]venue|Ave|[Dd]rive|[Ll]ane|[Bb]oulevard|Blvd|[Cc]rescent|[Tt]errace|Parade|Highway|út|utca|útja|tér|straat|laan|weg|plein|strasse|straße|allee|platz|gasse|vej|gade|gata|gatan|vägen|veien|katu|kuja'
const joinedStreet =
  'strasse|straße|vej|gade|gatan|laan|straat|weg|katu|kuja|gasse|allee|utca|väg|veien|braut|götu'
/** A word of a street's name: none of the small words of a sentence, which would run the match back into it. */
const part =
  "(?!(?:is|was|are|lost|can|you|please|send|the|to|of|and|for|in|my|card|number|a|i|am|on|at|by|from)\\b)(?=[\\p{L}\\p{N}])[\\p{L}\\p{N}.'’-]+,?"
const room = '(?:Suite|suite|Apt\\.?|apt\\.?|Apartment|Unit|Flat) \\d{1,5}[a-z]?'
/** Town, region and country, over line breaks or commas, and the postal code. */
const place = "\\p{Lu}[\\p{L}.'’()-]*(?: (?!I\\b|We\\b|You\\b)[\\p{Lu}(][\\p{L}.'’()-]*){0,3}"
const town = `(?:(?:, ?|\\n ?,? ?| )${place}){0,3}(?:[, \\n]{1,3}(?:\\p{Lu}{2} )?\\d{3,6}(?:-\\d{3,4})?)?`

const anyOf = (words: string, before = '', behind = '') =>
  literalKind(...words.split('|').map(word => before + word + behind))

/** Words for street as they stand alone, and those that end a name, in lower case. */
const streets =
  'street|road|avenue|ave|drive|lane|boulevard|blvd|crescent|terrace|parade|highway|út|utca|útja|tér|straat|laan|weg|plein|strasse|straße|allee|platz|gasse|vej|gade|gata|gatan|vägen|veien|katu|kuja|st|rd|ln|ct|pl'

/** A form, words without which nothing has it, and a plain part of it: a text of logs costs neither. */
const forms: readonly { readonly words: LiteralKind; readonly needs: RegExp; readonly form: RegExp }[] = [
  {
    words: anyOf('suite|apt|apt.|apartment|unit|flat', '', ' '),
    needs: /(?:Suite|suite|Apt\.?|apt\.?|Apartment|Unit|Flat) \d/,
    form: new RegExp(
      `(?<![\\p{L}\\p{N}])\\d{1,6} (?:${part} ){0,8}(?:${part}\\n ?)?${room}(?:,?[ \\n]{1,2}${room})*${town}`,
      'gu',
    ),
  },
  {
    words: anyOf('box '),
    needs: /Box \d/i,
    form: /(?<![p{L}p{N}])(?:PSC|Unit|CMR) \d{2,5},? Box \d{1,5}\n?,? ?(?:APO|FPO|DPO) A[AEP] \d{5}/gi,
  },
  {
    words: anyOf('box '),
    needs: /Box \d/,
    form: new RegExp(`(?<!\\p{L})P\\.? ?O\\.? Box \\d{1,6}(?: ${place})?(?:\\n ?${room}${town})?`, 'gu'),
  },
  {
    words: literalKind(' u.', ...streets.split('|').map(word => ` ${word}\\b`)),
    needs: new RegExp(` (?:${streetWord}|St|Rd|Ln|Ct|Pl|u\\.)`),
    form: new RegExp(
      `(?<![\\p{L}\\p{N}.])\\d{1,6}[a-z]? (?:\\d{1,5} )?(?:${part} ){1,4}(?:${streetWord}|St|Rd|Ln|Ct|Pl|u(?=\\.))(?![\\p{L}\\p{N}])\\.?(?: \\d{1,5}(?!\\p{N}))?`,
      'gu',
    ),
  },
  {
    words: anyOf(joinedStreet, '', ' '),
    needs: new RegExp(`(?:${joinedStreet}) \\d`),
    form: new RegExp(
      `(?<![\\p{L}\\p{N}.])(?:\\d{1,6} )?\\p{Lu}[\\p{L}.'’-]*(?:${joinedStreet}) \\d{1,4}[a-z]?(?!\\p{N})`,
      'gu',
    ),
  },
  {
    words: anyOf('via|viale|rue|calle|rua|avenida|paseo|ul.|av', '', ' '),
    needs: /(?:Via|Viale|Rue|Calle|Rua|Avenida|Paseo|ul\.|Av) /,
    form: new RegExp(
      `(?<!\\p{L})(?:\\d{1,6} )?(?:Via|Viale|Rue|Calle|Rua|Avenida|Paseo|ul\\.|Av) (?:${part} ){0,4}${part} \\d{1,5}`,
      'gu',
    ),
  },
  {
    words: anyOf('the corner of '),
    needs: /the corner of /,
    form: new RegExp(`(?<=(?<!\\p{L})the corner of )[^\\n]{2,50} and ${place}(?: \\d{1,4}\\.?)?`, 'gu'),
  },
  // Announced: whatever follows, up to the number that ends it or the end of its line.
  {
    words: anyOf(
      'address is|address:|address of |office is |office are |offices is |offices are |located at |arrived at |taxi to |lives on |lives at ',
    ),
    needs:
      /address(?: of [^\n]{2,40})?(?: is|: ?|:\n)|offices? (?:is|are) |(?:located|arrived) at |taxi to |lives (?:on|at) /,
    form: new RegExp(
      `(?<=\\baddress(?: of [^\\n]{2,40})?(?: is|: ?|:\\n) ?|\\boffices? (?:is|are) (?:located )?at |\\b(?:located|arrived) at |\\btaxi to |\\blives (?:on|at) )(?:\\d{1,6} ${part}|${place})(?: ${part}){0,6} \\d{1,6}(?!\\p{N})(?:,?[ \\n]{1,2}${room})*${town}`,
      'gu',
    ),
  },
]
/** Words that are reason enough to look, and those of which `hinted` needs one. */
const announcing = anyOf('address|office|located at|arrived at|taxi to|lives on|lives at|corner of')
const [hintStreets, hintEndings] = [
  'street|road|avenue|drive|lane|boulevard|crescent|terrace| st| rd| ave',
  'strasse|straße|vej|gade|gatan|laan|straat|weg|katu|kuja|gasse|allee|utca',
]
const hinting = [
  anyOf('suite |apt |apt. |box |via |rue |calle |rua |paseo |ul. | u.'),
  anyOf(hintStreets, '', '\\b'),
  anyOf(hintEndings, '', ' '),
]
/** On lower-case text, so that the search is one of plain words. */
const hinted = new RegExp(
  `suite \\d|apt\\.? \\d|\\bbox \\d|\\d [^\\n]{2,40}(?:${hintStreets}| u\\.)\\b|(?:${hintEndings}) \\d|\\b(?:via|rue|calle|rua|paseo|ul\\.) [^\\n]{2,40} \\d`,
)

/** Finds postal addresses. */
export function findPostalAddresses(view: View): FormatMatch[] {
  const { text } = view
  const isHinted = () => hinting.some(kind => holds(view, kind)) && hinted.test(view.lower)
  if (!holds(view, announcing) && !isHinted()) return []
  const possible = forms.filter(({ words, needs }) => holds(view, words) && needs.test(text))
  return possible.flatMap(({ form }) =>
    Array.from(text.matchAll(form))
      .filter(match => /\d/.test(match[0]) || match[0].includes(' and '))
      .map(match => formatMatch('location', match.index, match[0])),
  )
}
