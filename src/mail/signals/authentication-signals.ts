import { fieldRange } from '../mime/source-range.ts'
import { type Authentication, authenticationOf } from '../sender/authentication.ts'
import { registrable } from '../sender/domains.ts'
import type { Examined, Finding } from './finding.ts'

/** Whether the sender's domain stands behind the mail: by our own check of signatures, and by the word of believed receivers. */
export function authenticationSignals({ mail, organisation }: Examined): Finding[] {
  const authentication = authenticationOf(mail, organisation)
  const domain = mail.from[0]?.domain ?? ''
  const { signedByAuthor } = authentication
  if (signedByAuthor)
    return [
      {
        id: 'authenticated-home',
        strength: 1,
        text: `the signature of ${signedByAuthor.domain} holds`,
        where: () => fieldRange(mail.root, signedByAuthor.field),
      },
    ]
  const failed = authentication.dkim.find(
    result => result.status === 'fail' && registrable(result.domain) === registrable(domain),
  )
  const reported = reportedFindings(authentication, domain, mail)
  if (failed === undefined || reported.some(finding => finding.id === 'authenticated-home')) return reported
  const own: Finding = {
    id: 'authentication-failed',
    // Lists and footers break signatures too.
    strength: 0.6,
    text: `the signature of ${failed.domain} does not hold: ${failed.reason}`,
    where: () => fieldRange(mail.root, failed.field),
  }
  return [...reported, own]
}

function reportedFindings(
  { results, arc }: Authentication,
  domain: string,
  mail: Examined['mail'],
): Finding[] {
  if (results === undefined) return []
  const where = () => fieldRange(mail.root, results.field)
  const { spf = 'none', dkim = 'none', dmarc = 'none' } = results
  if (dmarc === 'fail') {
    // Forwarders and lists break SPF and signatures; a chain that our own receiver found whole says who did.
    const forwarded = results.arc === 'pass' && /\bdmarc\s*=\s*pass\b/i.test(arc?.firstResults ?? '')
    return [
      {
        id: 'authentication-failed',
        strength: forwarded ? 0.3 : 1,
        text: forwarded
          ? `DMARC failed here, but ${arc?.sealers[0]} saw it pass before it handed the mail on`
          : `DMARC failed: ${domain} did not send this`,
        where,
      },
    ]
  }
  if (/^(?:soft)?fail$/.test(spf) && dkim !== 'pass' && dmarc !== 'pass') {
    return [
      {
        id: 'authentication-failed',
        strength: 0.7,
        text: `SPF failed and no signature vouches for ${domain}`,
        where,
      },
    ]
  }
  return dmarc === 'pass'
    ? [{ id: 'authenticated-home', strength: 1, text: `DMARC passed for ${domain}`, where }]
    : []
}
