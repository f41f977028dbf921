// NIST SP 800-63B-4, 3.1.1.2: a password is held against what is guessed first (common passwords, the service's name, the
// account's name and what derives from them) as a whole, and no rule says which kinds of characters it must hold. Guessers
// put such words together, spell them with digits and append a year: so does this, in reverse.

/** What whoever attacks this very account tries first. */
export interface PasswordOwner {
  readonly username: string
  readonly displayName: string
  /** Where the console is reached; the names in it are the organisation's. */
  readonly publicUrl: string | undefined
}

/** Words of the product, of its administration and of its field. */
const ofTheProduct =
  'tocsin wazuh ossec admin administrator root superuser sysadmin operator user guest account login logon signin console dashboard security soc siem analyst responder approver viewer alert server system service default changeme change temp temporary setup install demo test testing postgres opensearch localhost'

/** The bases of the passwords that lists of leaked ones begin with, and what the advice for choosing one has worn out. */
const common =
  'password passwort passwd pass passphrase pwd secret geheim welcome willkommen bienvenue letmein iloveyou ilove love money monkey dragon sunshine princess football baseball basketball soccer hockey superman batman spiderman pokemon starwars matrix trustno master shadow flower freedom whatever hello hallo bonjour hola computer internet network company business office summer sommer winter spring autumn fall january february march april may june july august september october november december monday friday sunday michael jordan jennifer jessica daniel andrew thomas charlie ashley nicole maggie buster ginger pepper cookie cheese coffee chocolate banana orange purple silver golden killer hunter ranger tigger thunder lovely angel mustang harley ferrari mercedes yankees cowboys liverpool arsenal chelsea qwerty qwertz azerty abc asdf zxcv correcthorsebatterystaple correct horse battery staple'

/** Rows of keys and of characters, walked along in either direction. */
const walks = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop[]',
  'qwertzuiopü',
  'azertyuiop',
  'asdfghjkl;',
  'zxcvbnm,./',
  'yxcvbnm,.-',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '!@#$%^&*()',
  '!"§$%&/()=',
].flatMap(walk => [walk, [...walk].reverse().join('')])

/** How letters are written with other characters. */
const lookAlikes: Readonly<Record<string, string>> = {
  a: '4@',
  b: '8',
  e: '3€',
  g: '9',
  i: '1!|',
  l: '1|',
  o: '0',
  s: '5$',
  t: '7+',
  z: '2',
}

const shortestLength = 12
/** Letters and digits of one's own that make the difference: fewer are tried out in moments. */
const leastOwn = 4

/** Why this password is among the first to be guessed, as a sentence for whoever chose it; `undefined`: it is not. */
export function weakPassword(password: string, owner: PasswordOwner): string | undefined {
  const text = password.normalize('NFKC').toLowerCase()
  const joined = text.replaceAll(/[\s\p{P}]+/gu, '')
  if (isRepeated(joined))
    return `this password is one short piece said again and again, and is guessed first: ${advice}`
  const words = [...new Set([...namesOf(owner), ...ofTheProduct.split(' '), ...common.split(' ')])]
  const own = Math.min(...[text, text.replaceAll(/[\s._,;:/-]+/g, '')].map(each => ownLetters(each, words)))
  return own < leastOwn
    ? `this password consists of what is guessed first (the account's name, words of this product, the most common passwords, rows of keys, years): ${advice}`
    : undefined
}

const advice = 'take a few words that have nothing to do with you, this account or each other'

/** The same piece over and over, too short to be a password by itself. */
function isRepeated(text: string): boolean {
  const period = `${text}${text}`.indexOf(text, 1)
  return period < text.length && period < shortestLength
}

function namesOf({ username, displayName, publicUrl }: PasswordOwner): string[] {
  const host = publicUrl === undefined ? '' : new URL(publicUrl).hostname
  const names = [username, ...`${username} ${displayName} ${host}`.split(/[^\p{L}\p{N}]+/u)]
  return names
    .map(name => name.normalize('NFKC').toLowerCase())
    .filter(name => name.length >= 3)
    .flatMap(name => [name, [...name].reverse().join('')])
}

/** How many letters and digits remain where as much as possible is covered by words, walks, years and repetitions. */
function ownLetters(text: string, words: readonly string[]): number {
  const least = Array.from({ length: text.length + 1 }, () => Number.POSITIVE_INFINITY)
  least[0] = 0
  const reach = (to: number, own: number) => {
    least[to] = Math.min(least[to] ?? Number.POSITIVE_INFINITY, own)
  }
  for (let at = 0; at < text.length; at++) {
    const own = least[at] ?? 0
    reach(at + 1, own + (/[\p{L}\p{N}\p{Cs}]/u.test(text[at] ?? '') ? 1 : 0))
    for (const word of words) if (isSpelt(word, text, at)) reach(at + word.length, own)
    for (const length of coveredAt(text, at)) reach(at + length, own)
  }
  return least[text.length] ?? 0
}

function isSpelt(word: string, text: string, at: number): boolean {
  for (let index = 0; index < word.length; index++) {
    const [letter = '', written = ''] = [word[index], text[at + index]]
    if (written !== letter && !(written !== '' && lookAlikes[letter]?.includes(written))) return false
  }
  return true
}

/** Lengths of what stands here and is no word: a year or another short number, one character again and again, a walk. */
function coveredAt(text: string, at: number): number[] {
  const [number = ''] = /^\d{1,4}(?!\d)/.exec(text.slice(at, at + 5)) ?? []
  const inNumber = /\d/.test(text[at - 1] ?? '')
  const [same = ''] = /^(.)\1{2,}/su.exec(text.slice(at)) ?? []
  const walked = walks.map(walk => {
    let length = 3
    if (!walk.includes(text.slice(at, at + length)) || at + length > text.length) return 0
    while (at + length < text.length && walk.includes(text.slice(at, at + length + 1))) length++
    return length
  })
  return [inNumber ? 0 : number.length, same.length, Math.max(...walked)].filter(length => length > 0)
}
