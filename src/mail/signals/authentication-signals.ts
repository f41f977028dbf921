import { fieldRange } from '../mime/source-range.ts'
import { believedResults } from '../sender/authentication-results.ts'
import type { Examined, Finding } from './finding.ts'

/** Whether the sender's domain stands behind the mail, by the word of the organisation's own receivers. */
export function authenticationSignals({ mail, organisation }: Examined): Finding[] {
  const results = believedResults(mail.root, organisation.receivers)
  if (results === undefined) return []
  const where = () => fieldRange(mail.root, results.field)
  const domain = mail.from[0]?.domain ?? ''
  const { spf = 'none', dkim = 'none', dmarc = 'none' } = results
  if (dmarc === 'fail')
    return [
      { id: 'authentication-failed', strength: 1, text: `DMARC failed: ${domain} did not send this`, where },
    ]
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
