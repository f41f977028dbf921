import { withoutAddresses } from '../content/without-addresses.ts'
import type { Examined } from '../signals/finding.ts'

/** Range of the hashed vocabulary. 2^20: the few thousand words that carry weight hardly ever collide. */
export const wordBuckets = 1_048_576

/** One word or pair of words, hashed. */
export interface WordFeature {
  readonly bucket: number
  readonly word: string
}

const openingWords = 300
const closingWords = 80
// Function words of the languages that the training ham lacks: they tell the language, and no language is phishing.
const foreign = new Set(
  `der die das und ist nicht mit von zu den dem des ein eine einen einem einer im in am an auf fur sich auch es er sie ihr wir ich du ihre ihren ihrem ihrer ihnen uns unser unsere unseren mein
  meine sein seine werden wird wurde wurden worden war waren haben hat hatte sind bei aus nach uber unter vor durch oder aber wenn als wie nur noch kann konnen mussen bitte guten tag morgen hallo gruße grußen freundlichen
  le la les un une des du de et est sont au aux en dans sur pour par avec sans ce cette ces cet il elle ils elles nous vous votre vos notre nos mon ma mes son sa ses que qui quoi dont ou si ne pas plus a ete etre avez
  avoir ont avons je tu bonjour madame monsieur cordialement merci
  el los las una unos unas y o del al con por para sin su sus se lo que como mas pero ha han es son esta este estos estas esto nuestro nuestra nuestros usted ustedes tu te mi me le les hola buenos dias saludos gracias
  da do dos das no na nos nas um uma e ou com para por pelo pela sem seu sua seus suas que como mais mas foi ser esta estao este esta isso nosso nossa voce voces eu te me lhe ola bom dia boa tarde obrigado atenciosamente prezado
  il lo gli i di del della dei delle degli dal dalla al alla ai alle nel nella nei con per su tra fra e che non si ci vi suo sua suoi loro nostro nostra questo questa sono stato stata ha hanno buongiorno gentile cordiali saluti grazie
  het een en van voor met op te zijn is niet dat die dit deze uw je jouw wij we ons onze aan bij door naar om ook nog wordt worden kunt kan beste geachte hallo groet`.split(
    /\s+/,
  ),
)
const english = new Set('in an on a i is am me no do so as was has he we war die plus son per'.split(' '))

// Words that say when or where a mail was written, not what it wants.
const dated =
  /^(?:mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|am|pm|gmt|utc|est|pst|cet|edt|pdt|0+)$/

/**
 * The words of subject and body as hashed features: single words and pairs, each once, so that
 * repetition does not decide. Addresses, numbers, dates, quoted lines and signatures are left out: they tell one
 * correspondence from another, and a corpus from the world, but not phishing from mail.
 */
export function wordFeatures(examined: Examined): WordFeature[] {
  const seen = new Map<number, string>()
  collect(wordsIn(examined.subject.text).slice(0, 30), 'subject ', seen)
  collect(ends(wordsIn(ownText(examined))), '', seen)
  return [...seen].map(([bucket, word]) => ({ bucket, word }))
}

/** Opening and close: where a mail says what it wants. What lies between cannot drown it. */
function ends(words: readonly string[]): readonly string[] {
  return words.length <= openingWords + closingWords
    ? words
    : [...words.slice(0, openingWords), ...words.slice(-closingWords)]
}

function collect(words: readonly string[], prefix: string, seen: Map<number, string>): void {
  let previous = ''
  for (const word of words) {
    if (previous !== '') note(`${prefix}${previous} ${word}`, seen)
    note(`${prefix}${word}`, seen)
    previous = word
  }
}

function note(word: string, seen: Map<number, string>): void {
  const bucket = hash(word) % wordBuckets
  if (!seen.has(bucket)) seen.set(bucket, word)
}

/** What the sender wrote: without quoted lines and what follows a signature mark. */
function ownText({ mail, body }: Examined): string {
  if (mail.body?.kind !== 'plain') return body.text
  const lines = mail.body.visible.slice(0, 60_000).split('\n')
  const signature = lines.findIndex(line => /^(?:-- ?|_{10,}|-{10,})\r?$/.test(line))
  const own = (signature === -1 ? lines : lines.slice(0, signature)).filter(line => !/^\s*[>|}]/.test(line))
  return own
    .join(' ')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
}

function wordsIn(text: string): string[] {
  return (withoutAddresses(text.slice(0, 20_000)).match(/[\p{L}\p{N}][\p{L}\p{N}']{0,30}/gu) ?? [])
    .map(word => word.replace(/\p{N}+/gu, '0'))
    .filter(
      word =>
        word.length > 1 &&
        !dated.test(word) &&
        !(foreign.has(word) && !english.has(word)) &&
        (word.match(/0/g)?.length ?? 0) < 2,
    )
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    value ^= text.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  return value >>> 0
}
