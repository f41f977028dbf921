import type { MailOrganisation } from '../domain/mail.ts'
import { contentHash } from './attachments/content-hash.ts'
import { trueTypeOf } from './attachments/true-type.ts'
import { bodyOf } from './mime/part-tree.ts'
import { type Mail, readMail } from './read-mail.ts'
import { type Hop, receivedPath } from './received-path.ts'
import { authenticationOf } from './sender/authentication.ts'
import { isFreeHosting, isShortener, oddness } from './sender/domains.ts'

/** What a person looks at: facts of the message, all of it text. Nothing in it was fetched or run. */
export interface MailDescription {
  readonly from: string
  readonly replyTo: string
  readonly to: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly hops: readonly Hop[]
  /** Who vouches for the sender, one line each. */
  readonly authentication: readonly {
    readonly method: string
    readonly result: string
    readonly detail: string
    readonly good: boolean
  }[]
  /** What the reader sees, per text part. */
  readonly texts: readonly {
    readonly part: string
    readonly kind: 'plain' | 'html'
    readonly visible: string
    readonly hidden: string
  }[]
  readonly links: readonly {
    readonly kind: string
    readonly text: string
    readonly target: string
    readonly destination: string
    readonly domain: string
    readonly notes: readonly string[]
  }[]
  readonly attachments: readonly {
    readonly part: string
    readonly name: string
    readonly claimedType: string
    readonly trueType: string
    readonly sizeBytes: number
    readonly sha256: string
  }[]
}

const shownCharacters = 100_000

/** Takes a stored message apart for the page. Large things are cut; the source is one click away. */
export function describeMail(bytes: Buffer, organisation: MailOrganisation): MailDescription {
  const mail = readMail(bytes, [])
  const mailboxes = (list: typeof mail.from) =>
    list.map(({ name, address }) => (name === '' ? address : `${name} <${address}>`)).join(', ')
  return {
    from: mailboxes(mail.from),
    replyTo: mailboxes(mail.replyTo),
    to: mailboxes(mail.to),
    headers: mail.root.fields
      .slice(0, 300)
      .map(({ name, value }) => ({ name, value: value.slice(0, 4_000) })),
    hops: receivedPath(mail.root),
    authentication: authenticationLines(mail, organisation),
    texts: mail.texts.slice(0, 10).map(({ part, kind, visible, hidden }) => ({
      part: part.id || '1',
      kind,
      visible: visible
        .replace(/[^\S\n]+/g, ' ')
        .replace(/\n\s*\n\s*/g, '\n\n')
        .trim()
        .slice(0, shownCharacters),
      hidden: hidden.replace(/\s+/g, ' ').trim().slice(0, 10_000),
    })),
    links: mail.links.slice(0, 300).map(({ kind, text, target, destination, domain, host, redirectors }) => ({
      kind,
      text: text.slice(0, 300),
      target: target.slice(0, 1_000),
      destination: destination.slice(0, 1_000),
      domain,
      notes: [
        ...redirectors.map(redirector => `through ${redirector}`),
        ...(isShortener(domain) ? ['shortener'] : []),
        ...(isFreeHosting(host) ? ['free hosting'] : []),
        ...(oddness(host).score >= 0.5 ? [oddness(host).why] : []),
      ],
    })),
    attachments: mail.attachments.map(part => {
      const content = bodyOf(part, 64 * 1024)
      return {
        part: part.id || '1',
        name: part.fileName,
        claimedType: part.mediaType,
        trueType: trueTypeOf(content),
        sizeBytes: part.end - part.bodyStart,
        sha256: contentHash(part),
      }
    }),
  }
}

/** What believed receivers found, what our own check of the signatures found, and the chain of those who handed it on. */
function authenticationLines(mail: Mail, organisation: MailOrganisation): MailDescription['authentication'] {
  const { results, dkim, arc } = authenticationOf(mail, organisation)
  const server = /^\s*([^\s;]+)/.exec(results?.field.value ?? '')?.[1] ?? ''
  const reported = (['dmarc', 'spf', 'dkim', 'arc'] as const).flatMap(method => {
    const result = results?.[method]
    return result === undefined
      ? []
      : [{ method: method.toUpperCase(), result, detail: `says ${server}`, good: result === 'pass' }]
  })
  const checked = dkim.map(({ domain, selector, status, reason }) => ({
    method: 'DKIM',
    result: status === 'no-key' ? 'not checked' : status,
    detail: `${domain || '(no domain)'}, key ${selector || '(none)'}: ${reason}`,
    good: status === 'pass',
  }))
  const chain = arc && {
    method: 'ARC',
    result: arc.status === 'unchecked' ? 'not checked' : arc.status,
    detail: `${arc.sealers.join(', then ') || 'nobody'}: ${arc.reason}`,
    good: arc.status === 'pass',
  }
  return [...reported, ...checked, ...(chain ? [chain] : [])]
}
