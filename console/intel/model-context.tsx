import type { ReportContext } from '../../src/http/contract-intel.ts'
import { claimLooks } from '../components/claim.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** What a model says about a report, each sentence with what became of it; struck ones are shown struck. */
export function ModelContext({ context }: { context: ReportContext }) {
  if (context.kind !== 'answered') return <p className="text-muted">No model was heard: {context.reason}</p>
  return (
    <div className="grid gap-2">
      <p className="text-xs text-muted">
        {context.model} ({context.zone}), ledger entry {context.ledgerSeq}. Sentences about the report’s own
        words.
      </p>
      <ul className="grid gap-1">
        {context.claims.map(claim => {
          const { word, meaning, color, Icon, struck } = claimLooks[claim.status]
          return (
            <li
              key={`${claim.topic} ${claim.text}`}
              className="grid grid-cols-[7rem_minmax(0,1fr)_10rem] gap-3"
            >
              <span className="text-muted">{claim.topic.replace('-', ' ')}</span>
              <span className={struck ? 'line-through' : ''}>
                <Untrusted text={claim.text} />
              </span>
              <span className={`flex items-center gap-1 text-xs ${color}`} title={meaning}>
                <Icon aria-hidden="true" className="size-3.5" />
                {word}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
