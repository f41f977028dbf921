import type { MailOrganisation } from '../../domain/mail.ts'
import type { Mail } from '../read-mail.ts'
import { type ArcChain, arcChain } from './arc.ts'
import { type AuthenticationResults, believedResults } from './authentication-results.ts'
import { type DkimResult, verifyDkim } from './dkim.ts'
import { registrable } from './domains.ts'

/** Everything that is known about whether the sender's domain stands behind a mail. */
export interface Authentication {
  /** What a believed receiver found. */
  readonly results: AuthenticationResults | undefined
  /** What our own check of the signatures found. */
  readonly dkim: readonly DkimResult[]
  readonly arc: ArcChain | undefined
  /** A signature of the author's own domain (RFC 7489, relaxed alignment) that holds, by our own check. */
  readonly signedByAuthor: DkimResult | undefined
}

export function authenticationOf(mail: Mail, { receivers, dkimKeys = {} }: MailOrganisation): Authentication {
  // A message out of an .msg is not the one that was signed.
  const dkim = mail.isConverted ? [] : verifyDkim(mail.root, dkimKeys)
  const home = registrable(mail.from[0]?.domain ?? '')
  return {
    results: believedResults(mail.root, receivers),
    dkim,
    arc: mail.isConverted ? undefined : arcChain(mail.root, dkimKeys),
    signedByAuthor:
      mail.from.length === 1 && home !== ''
        ? dkim.find(result => result.status === 'pass' && registrable(result.domain) === home)
        : undefined,
  }
}
