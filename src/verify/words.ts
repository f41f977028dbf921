import english from './data/english-words.json' with { type: 'json' }
import { fieldWords } from './field-words.ts'

const dictionary = new Set([...english.words.split(' '), ...fieldWords])

/** Words that a regular ending could have been put on: `copies` is of `copy`, `stopped` of `stop`. */
function bases(word: string): string[] {
  const found: string[] = []
  const endings: readonly (readonly [string, readonly string[]])[] = [
    ['ies', ['y']],
    ['ied', ['y']],
    ['es', ['', 'e']],
    ['s', ['']],
    ['ed', ['', 'e']],
    ['ing', ['', 'e']],
    ['er', ['', 'e']],
    ['ers', ['', 'e']],
    ['ly', ['', 'le']],
    ['ness', ['']],
    ['able', ['', 'e']],
    ['est', ['', 'e']],
    ['ion', ['', 'e']],
    ['ions', ['', 'e']],
  ]
  for (const [ending, instead] of endings) {
    if (!word.endsWith(ending)) continue
    const stump = word.slice(0, -ending.length)
    if (stump.length < 2) continue
    found.push(...instead.map(tail => stump + tail))
    if (stump.length > 2 && stump.at(-1) === stump.at(-2)) found.push(stump.slice(0, -1))
  }
  return found
}

const prefixes =
  /^(?:un|re|non|pre|post|mis|over|under|sub|inter|multi|anti|counter|de|dis|out|up|down)(?=[a-z]{3})/

/** Whether a lower-case word is ordinary English or a word of the field: no name. */
export function isOrdinaryWord(word: string): boolean {
  if (word.length < 2 || dictionary.has(word)) return true
  if (bases(word).some(base => dictionary.has(base) || bases(base).some(inner => dictionary.has(inner))))
    return true
  const rest = word.replace(prefixes, '')
  return rest !== word && (dictionary.has(rest) || bases(rest).some(base => dictionary.has(base)))
}

const irregular: Readonly<Record<string, string>> = Object.fromEntries(
  `used:use uses:use using:use began:begin begun:begin bought:buy brought:bring came:come did:do done:do made:make ran:run saw:see seen:see sent:send
  sought:seek spawned:spawn stole:steal stolen:steal took:take taken:take told:tell wrote:write written:write got:get
  gave:give given:give left:leave held:hold kept:keep led:lead lost:lose met:meet read:read set:set shut:shut
  hid:hide hidden:hide spread:spread struck:strike stricken:strike tries:try tried:try dropped:drop dropping:drop
  logon:log logons:log login:log logins:log logged:log logging:log logs:log logoff:log
  authentication:authenticat authenticated:authenticat authenticate:authenticat auth:authenticat
  denied:deny denies:deny denial:deny failure:fail failures:fail failed:fail fails:fail failing:fail
  success:succe successful:succe successfully:succe succeeded:succe succeed:succe succeeds:succe succeeding:succe
  unsuccessful:fail unsuccessfully:fail execution:execut deletion:delet deleted:delet creation:creat created:creat
  modification:modif modified:modif modifies:modif modify:modif changed:chang change:chang changes:chang
  addresses:address processes:process`
    .split(/\s+/)
    .map(pair => pair.split(':')),
)

/** A rough stem, for comparing words of claim and evidence: `attempted`, `attempts` and `attempting` are `attempt`. */
export function stemOf(word: string): string {
  const known = Object.hasOwn(irregular, word) ? irregular[word] : undefined
  if (known !== undefined) return known.length > 3 ? known.replace(/[ey]$/, '') : known
  let stem = word
  const ending = endings.find(each => word.endsWith(each) && word.length - each.length >= 3)
  if (ending !== undefined) stem = word.slice(0, -ending.length)
  if (stem.length > 3 && stem.at(-1) === stem.at(-2)) stem = stem.slice(0, -1)
  return stem.length > 3 ? stem.replace(/[ey]$/, '') : stem
}

const endings = [
  'ations',
  'ation',
  'ings',
  'ing',
  'ions',
  'ion',
  'ies',
  'ied',
  'ers',
  'ed',
  'er',
  'es',
  's',
  'ly',
]

/** The words of a text, in order, lower case; `camelCase` and `snake_case` are taken apart. */
export function wordsOf(text: string): string[] {
  const apart = text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return apart.match(/[\p{L}]+(?:'[a-z]+)?/gu) ?? []
}
