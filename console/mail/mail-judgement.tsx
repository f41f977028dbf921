import type { MailDetail } from '../../src/http/contract-mail.ts'
import { claimLooks } from '../components/claim.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { MailVerdictLabel } from './mail-verdict.tsx'

/** The model's opinion: each sentence with its fate. It moved our verdict by one step at most, never to legitimate. */
export function MailJudgement({ judgement }: { judgement: NonNullable<MailDetail['judgement']> }) {
  return (
    <div className="grid gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <MailVerdictLabel verdict={judgement.opinion} />
        <span className="text-muted">
          says <Untrusted text={judgement.model} limit={80} />
        </span>
      </p>
      <ul className="grid gap-1.5">
        {judgement.claims.map(({ text, status, reasons }) => {
          const { word, color, Icon, struck } = claimLooks[status]
          return (
            <li key={text}>
              <span className={struck ? 'line-through' : ''}>
                <Untrusted text={text} limit={500} />
              </span>
              <span className={`flex items-center gap-1 text-xs ${color}`}>
                <Icon aria-hidden="true" className="size-3" /> {word}
                {reasons.length > 0 && <Untrusted text={`: ${reasons.join('; ')}`} limit={200} />}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
