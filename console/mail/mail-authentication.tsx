import { CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react'
import type { MailDetail } from '../../src/http/contract-mail.ts'
import { Untrusted } from '../components/untrusted.tsx'

/** Who vouches for the sender. Nothing here is looked up: results of receivers that are believed, and signatures whose keys are known. */
export function MailAuthentication({ mail }: { mail: MailDetail }) {
  if (mail.authentication.length === 0)
    return (
      <p className="text-muted">
        Nobody vouches for the sender. Name your own receivers and the keys of signers in the organisation
        file.
      </p>
    )
  return (
    <ul className="grid gap-1">
      {mail.authentication.map(({ method, result, detail, good }) => {
        const Icon = good ? CircleCheck : /fail|broken/.test(result) ? TriangleAlert : CircleHelp
        const color = good ? 'text-good' : /fail|broken/.test(result) ? 'text-bad' : 'text-muted'
        return (
          <li key={`${method} ${result} ${detail}`} className="flex items-start gap-1.5">
            <Icon aria-hidden="true" className={`mt-0.5 size-3.5 shrink-0 ${color}`} />
            <span>
              <span className={`font-medium ${color}`}>
                {method} <Untrusted text={result} limit={40} />
              </span>{' '}
              <span className="text-muted">
                <Untrusted text={detail} limit={300} />
              </span>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
