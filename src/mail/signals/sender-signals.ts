import type { MailRange } from '../../domain/mail.ts'
import { mixesScripts } from '../../lib/look-alike.ts'
import { foldText, skeletonOf } from '../content/fold-text.ts'
import { headerOf } from '../mime/part-tree.ts'
import { fieldRange } from '../mime/source-range.ts'
import { namesBrand, spaced } from '../sender/brands.ts'
import { isFreeMail, looksRandom, oddness, registrable } from '../sender/domains.ts'
import { lookAlikeOf } from '../sender/look-alike.ts'
import { type Examined, type Finding, quote } from './finding.ts'
import { imitableDomains, isAtHome } from './home.ts'

/** Who claims to have sent the mail, and how well that fits together. */
export function senderSignals(examined: Examined): Finding[] {
  const { mail, organisation } = examined
  const findings: Finding[] = []
  const where = (): MailRange => fieldRange(mail.root, mail.fromField)
  const add = (id: Finding['id'], strength: number, text: string, at = where) => {
    findings.push({ id, strength, text, where: at })
  }
  const from = mail.from.find(mailbox => mailbox.address !== '') ?? mail.from[0]
  if (
    from === undefined ||
    from.domain === '' ||
    !/^[^@\s<>"]+@[\w\u0080-\uffff-]+(\.[\w\u0080-\uffff-]+)+$/.test(from.address) ||
    mail.from.length > 1
  ) {
    add(
      'sender-malformed',
      mail.isDeliveryReport ? 0.3 : 1,
      `the From address is no single valid address: ${quote(mail.fromField?.value ?? 'none')}`,
    )
  }
  if (from === undefined) return findings
  const domain = registrable(from.domain)
  const local = from.address.slice(0, Math.max(from.address.lastIndexOf('@'), 0))
  const name = foldText(from.name)

  const shown = spaced(from.name)
  const written = spaced(local)
  const named = examined.brands.find(
    entry => namesBrand(shown, entry) || (!entry.ordinary && namesBrand(written, entry)),
  )
  if (named && !isAtHome(domain, named.brand) && !organisation.domains.includes(domain)) {
    add(
      'brand-in-name',
      named.ordinary ? 0.6 : 1,
      `${quote(from.name || local)} names ${named.brand.name}, but ${domain} is not a domain of theirs`,
    )
  } else if (named && isAtHome(domain, named.brand) && !isFreeMail(domain)) {
    add('brand-at-home', 1, `${named.brand.name} writes from its own domain ${domain}`)
  }
  const imitated = lookAlikeOf(from.domain, imitableDomains(examined))
  if (imitated) add('look-alike-sender', 1, `${from.domain} imitates ${imitated.real} (${imitated.how})`)
  const person = organisation.people.find(
    entry => sameName(entry.name, from.name) && !entry.addresses.includes(from.address),
  )
  if (person && !organisation.domains.includes(domain)) {
    add(
      'person-impersonated',
      1,
      `${quote(from.name)} is a name of this organisation, but ${from.address} is not that person's address`,
    )
  }
  const inName = /[\w.+-]+@([\w-]+(?:\.[\w-]+)+)/.exec(from.name)
  if (inName?.[1] && registrable(inName[1].toLowerCase()) !== domain) {
    add('address-in-name', 1, `the name shown holds an address of another domain: ${quote(from.name)}`)
  }
  const odd = oddness(from.domain)
  if (odd.score > 0 && !organisation.domains.includes(domain))
    add('odd-sender-domain', odd.score, `${from.domain} ${odd.why}`)
  if (looksRandom(local) || /\d{5,}/.test(local) || local.length > 40) {
    add('odd-sender-local', 1, `${quote(local)} looks generated`)
  }
  if (isDressedUp(from.name)) add('dressed-up-name', 1, `the name shown is dressed up: ${quote(from.name)}`)
  if (isFreeMail(domain) && businessName.test(name)) {
    add('freemail-business', 1, `${quote(from.name)} writes from a free mailbox at ${domain}`)
  }
  const replyTo = mail.replyTo.find(mailbox => mailbox.domain !== '')
  if (
    replyTo &&
    registrable(replyTo.domain) !== domain &&
    !mail.to.some(mailbox => mailbox.address === replyTo.address)
  ) {
    const at = () => fieldRange(mail.root, headerOf(mail.root, 'reply-to'))
    const free = isFreeMail(registrable(replyTo.domain)) && !isFreeMail(domain)
    add(
      free ? 'reply-to-freemail' : 'reply-elsewhere',
      1,
      `answers go to ${replyTo.address}, not to ${domain}`,
      at,
    )
  }
  // One free mailbox that asks to be answered at another: the first one is expected to be closed.
  if (replyTo && replyTo.domain === from.domain && isFreeMail(domain) && replyTo.address !== from.address) {
    const at = () => fieldRange(mail.root, headerOf(mail.root, 'reply-to'))
    add('reply-to-freemail', 1, `answers go to another free mailbox, ${replyTo.address}`, at)
  }
  const recipient = mail.to.find(
    mailbox => mailbox.address !== '' && (mailbox.address === from.address || name.includes(mailbox.address)),
  )
  if (recipient && !organisation.domains.includes(domain)) {
    add('own-address-as-sender', 1, `the sender uses the recipient's own address ${quote(recipient.address)}`)
  }
  return findings
}

const businessName =
  /\b(?:support|service|team|department|dept|billing|invoice|security|admin|administrator|helpdesk|help desk|customer|account|accounts|office|bank|inc|llc|ltd|gmbh|corp|company|group|notification|alert|payment|order|desk|official|director|ceo|president|foundation|ministry|attorney|kundenservice|soporte|atendimento|servizio|assistenza)\b/

/** An amount of money: lures name one, and so does every receipt. */
export function namesMoney(text: string): boolean {
  return /[$€£]\s?\d[\d.,]{2,}/.test(text)
}

/** Several emoji or one that cries alarm, other alphabets' fonts, capitals in the middle of words: eye-catchers. */
export function isDressedUp(text: string): boolean {
  if (text === '') return false
  const pictures = text.match(/\p{Extended_Pictographic}/gu)?.length ?? 0
  return (
    pictures > 1 ||
    /[\u{1f6a8}\u{1f514}\u{1f381}\u{1f389}\u{1f3b0}\u{1f4b0}\u{1f911}\u{1f6ab}\u{1f512}\u{1f510}\u{1f4b8}\u{1f3c6}\u{1f449}\u26a0\u2757\u203c\u{1fa82}\u2705\u2714\u2611\u{1f7e2}\u{1f534}\u23f0\u{1f525}\u{1f4e6}\u{1f4e9}]/u.test(
      text,
    ) ||
    /[\u{1d400}-\u{1d7ff}\u2460-\u24ff\uff01-\uff5e]/u.test(text) ||
    text.split(/\s+/).some(mixesScripts) ||
    /[a-z][A-Z]{1,3}[a-z]+[A-Z]{1,3}[a-z]/.test(text) ||
    /^\s*[_~.`'"[-]{2,}|`|[_-]{2,}\W*$|^\W*~|\(\d{4,}\)/u.test(text) ||
    /!{2,}|[*~]{2,}|\/{3,}|[\p{L}][._][\p{L}]+[._][\p{L}]+[._]/u.test(text)
  )
}

/** Same words in any order, look-alike letters folded: `Müller, Anna` is `Anna Muller` and `Anna Mueller`. */
function sameName(known: string, shown: string): boolean {
  const words = (text: string) =>
    skeletonOf(text.replace(/<.*|\(.*|@.*/g, ''))
      .split(/[^\p{L}\p{N}]+/u)
      .filter(word => word.length > 1)
  const there = new Set(words(shown))
  const spelledOut = known.replace(/[äöüÄÖÜß]/g, letter => umlauts[letter.toLowerCase()] ?? letter)
  return [known, spelledOut].some(spelling => {
    const wanted = words(spelling)
    return wanted.length > 1 && wanted.every(word => there.has(word))
  })
}

const umlauts: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' }
