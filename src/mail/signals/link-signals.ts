import { foldText } from '../content/fold-text.ts'
import type { FoldedText } from '../content/folded-text.ts'
import type { MailLink } from '../content/links.ts'
import { findIntents } from '../intent/find-intents.ts'
import { brandOfDomain, namesBrand, spaced } from '../sender/brands.ts'
import { isFreeHosting, isShortener, oddness, registrable } from '../sender/domains.ts'
import { lookAlikeOf } from '../sender/look-alike.ts'
import type { Examined, Finding } from './finding.ts'
import { imitableDomains, isAtHome, sameOwner } from './home.ts'

/** Where a click would lead, against what the mail says and who it says it is from. */
export function linkSignals(examined: Examined): Finding[] {
  const { mail, organisation } = examined
  const best = new Map<Finding['id'], Finding>()
  const add = (id: Finding['id'], strength: number, text: string, link: MailLink) => {
    if ((best.get(id)?.strength ?? 0) < strength)
      best.set(id, { id, strength, text, where: () => link.where })
  }
  const clickable = mail.links.filter(link => link.kind !== 'image')
  const home = registrable(mail.from.find(mailbox => mailbox.domain !== '')?.domain ?? '')
  const recipients = mail.to.map(mailbox => mailbox.address).filter(address => address.length > 5)
  const imitable = imitableDomains(examined)
  const seen = new Set<string>()

  for (const link of clickable) {
    if (
      link.scheme === 'javascript:' ||
      link.scheme === 'data:' ||
      link.scheme === 'vbscript:' ||
      link.scheme === 'file:'
    ) {
      add('link-script-or-data', 1, `a link runs ${link.scheme} instead of opening a page`, link)
      continue
    }
    const shown = shownDomain(link.text)
    if (
      shown !== undefined &&
      link.domain !== '' &&
      !sameOwner(shown, link.domain) &&
      link.redirectors.length === 0
    ) {
      add(
        'link-text-mismatch',
        sameOwner(link.domain, home) ? 0.4 : 1,
        `the text says ${shown}, the link goes to ${link.host}`,
        link,
      )
    }
    if (/^[a-z]+:\/\/[^/?#]*@/i.test(link.destination))
      add('link-hides-host', 1, `the part before @ hides the real host ${link.host}`, link)
    if (recipients.some(address => carries(link.target, address))) {
      add('link-carries-recipient', 1, `the link carries the recipient's address`, link)
    }
    // What depends on the host alone is looked at once for each.
    if (seen.has(link.host) || link.host === '') continue
    seen.add(link.host)
    if (link.isAddress) add('link-to-address', 1, `a link goes to the bare address ${link.host}`, link)
    if (isShortener(link.domain))
      add('link-shortener', 1, `a link hides behind the shortener ${link.host}`, link)
    if (isFreeHosting(link.host))
      add('link-free-hosting', 1, `a link goes to ${link.host}, where anyone can put up a page`, link)
    if (link.redirectors.length > 0 && !sameOwner(link.domain, home)) {
      add('link-redirector', 1, `${link.redirectors[0]} forwards the click to ${link.host}`, link)
    }
    if (organisation.domains.includes(link.domain) || brandOfDomain(link.domain) || link.domain === home)
      continue
    const odd = oddness(link.host)
    if (odd.score > 0) add('link-odd-domain', odd.score, `${link.host} ${odd.why}`, link)
    const imitated = lookAlikeOf(link.host, imitable)
    if (imitated) add('link-look-alike', 1, `${link.host} imitates ${imitated.real} (${imitated.how})`, link)
  }
  for (const finding of pictureOfLinks(examined, clickable, home)) best.set(finding.id, finding)
  return [...best.values()]
}

/** What the links show taken together. */
function pictureOfLinks(examined: Examined, clickable: readonly MailLink[], home: string): Finding[] {
  const { mail, organisation } = examined
  const web = clickable.filter(link => /^https?:$/.test(link.scheme) && link.host !== '')
  const [first] = web
  if (first === undefined) return []
  const findings: Finding[] = []
  const where = () => first.where
  const domains = [...new Set(web.map(link => link.domain))]
  const foreign = domains.filter(domain => !sameOwner(domain, home) && !organisation.domains.includes(domain))
  if (foreign.length === 0) {
    findings.push({
      id: 'links-at-home',
      strength: 1,
      text: `every link goes to the sender's own ${home}`,
      where,
    })
  } else {
    const strangers = foreign.filter(domain => !brandOfDomain(domain))
    const share = strangers.length / domains.length
    if (share > 0)
      findings.push({
        id: 'link-foreign',
        strength: share,
        text: `links go to ${strangers[0]}, not to the sender's ${home}`,
        where,
      })
    if (domains.length === 1 && strangers.length === 1) {
      findings.push({
        id: 'link-only-one-target',
        strength: 1,
        text: `everything leads to one place, ${domains[0]}, which is not the sender's`,
        where,
      })
    }
  }
  if (foreign.length > 5)
    findings.push({
      id: 'many-sources',
      strength: Math.min(1, foreign.length / 15),
      text: `links to ${foreign.length} different places, as digests have`,
      where,
    })
  const subject = spaced(examined.subject.text)
  const start = spaced(opening(examined).text)
  const named = examined.brands.find(
    entry => !entry.ordinary && (namesBrand(subject, entry) || namesBrand(start, entry)),
  )
  if (named && !isAtHome(home, named.brand) && !organisation.domains.includes(home)) {
    const inSubject = namesBrand(subject, named)
    // People write about firms; whoever poses as one wants something.
    const share = findIntents(examined.subject).length + findIntents(opening(examined)).length > 0 ? 1 : 0.5
    findings.push({
      id: 'brand-in-text',
      strength: (inSubject ? 1 : 0.5) * share,
      text: `the mail speaks of ${named.brand.name} but comes from ${home || 'nowhere'}`,
      where,
    })
    if (!domains.some(domain => isAtHome(domain, named.brand))) {
      findings.push({
        id: 'link-brand-elsewhere',
        strength: (inSubject ? 1 : 0.5) * share,
        text: `the mail speaks of ${named.brand.name}, and no link goes there`,
        where,
      })
    }
  }
  const pictures = web.filter(link => link.hasImage && link.text.trim().length < 3)
  const words = web.filter(link => link.text.trim().length >= 3)
  if (pictures.length > 0 && words.length === 0 && mail.body?.kind === 'html') {
    findings.push({ id: 'links-are-images', strength: 1, text: 'every link is a picture', where })
  }
  return findings
}

/** What a reader meets first. */
function opening({ body }: Examined): FoldedText {
  return { ...body, text: body.text.slice(0, 1500) }
}

/** The registrable domain that a link's text names, where the text is an address and nothing else. */
function shownDomain(text: string): string | undefined {
  const match = /^\s*(?:https?:\/\/)?(?:www\.)?((?:[\w-]+\.)+[a-z]{2,})(?:[/?#:]\S*)?\s*$/i.exec(
    foldText(text).slice(0, 300),
  )
  if (
    !match?.[1] ||
    text.includes('@') ||
    /\.(?:html?|pdf|docx?|xlsx?|zip|png|jpe?g|txt|js|py|sh|pl)$/i.test(match[1])
  )
    return undefined
  return registrable(match[1].toLowerCase())
}

function carries(target: string, address: string): boolean {
  const lower = target.toLowerCase()
  return (
    lower.includes(address) ||
    lower.includes(encodeURIComponent(address)) ||
    lower.includes(Buffer.from(address).toString('base64').replace(/=+$/, '').slice(0, -2).toLowerCase())
  )
}
