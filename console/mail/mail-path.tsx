import type { MailDetail } from '../../src/http/contract-mail.ts'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { shortDuration } from '../text/format-time.ts'

/** The way from the sender to us, hop by hop, with how long each took. */
export function MailPath({ mail }: { mail: MailDetail }) {
  if (mail.hops.length === 0) return <p className="text-muted">The message carries no Received fields.</p>
  return (
    <ol className="grid border-l-2 border-line-strong">
      {mail.hops.map((hop, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hops have no identity but their place
        <li key={index} className="relative grid gap-0.5 py-1.5 pl-4">
          <span
            aria-hidden="true"
            className="absolute top-3 -left-[5px] size-2 rounded-full bg-accent-solid"
          />
          <span className="wrap-anywhere">
            <Untrusted text={hop.from || '(not said)'} limit={200} /> <span className="text-muted">to</span>{' '}
            <Untrusted text={hop.by || '(not said)'} limit={200} />
          </span>
          <span className="tabular text-xs text-muted">
            {hop.atMs === null ? 'no readable date' : <Moment atMs={hop.atMs} precise />}
            {hop.delaySeconds !== null &&
              hop.delaySeconds >= 0 &&
              `, after ${shortDuration(hop.delaySeconds * 1000)}`}
            {hop.delaySeconds !== null &&
              hop.delaySeconds < 0 &&
              ', before the hop it came from: a clock or a field lies'}
          </span>
        </li>
      ))}
    </ol>
  )
}
