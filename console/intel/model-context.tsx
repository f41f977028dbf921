import type { CitedPassage, ReportContext } from '../../src/http/contract-intel.ts'
import { claimLooks } from '../components/claim.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { visibleText } from '../text/visible-text.ts'
import { passageAnchor } from './text-passages.ts'

/** What a model says about a report, each sentence with what became of it and the passages that it cites; struck ones are shown struck. */
export function ModelContext({ context }: { context: ReportContext }) {
  if (context.kind !== 'answered') return <p className="text-muted">No model was heard: {context.reason}</p>
  return (
    <div className="grid gap-2">
      <p className="text-xs text-muted">
        {context.model} ({context.zone}), ledger entry {context.ledgerSeq}. Sentences about the report’s own
        words.
      </p>
      <ul className="grid gap-3 sm:gap-2">
        {context.claims.map(claim => {
          const { word, meaning, color, Icon, struck } = claimLooks[claim.status]
          return (
            <li
              key={`${claim.topic} ${claim.text}`}
              className="grid gap-x-3 gap-y-0.5 sm:grid-cols-[7rem_minmax(0,1fr)_10rem]"
            >
              <span className="text-muted">{claim.topic.replace('-', ' ')}</span>
              <span className="grid gap-0.5">
                <span className={struck ? 'line-through' : ''}>
                  <Untrusted text={claim.text} />
                </span>
                <CitedPassages passages={claim.passages} />
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

const shownLength = 160

function shortened(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength).toWellFormed()}…`
}

/** The passages of the report that a sentence cites; each leads to its place in the text. */
export function CitedPassages({ passages }: { passages: readonly CitedPassage[] }) {
  return passages.map(passage => (
    <a
      key={passage.start}
      href={`#${passageAnchor(passage.start)}`}
      className="justify-self-start text-xs text-muted hover:underline"
    >
      “{shortened(visibleText(passage.text))}”
    </a>
  ))
}
