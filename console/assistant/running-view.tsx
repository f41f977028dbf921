import type { TurnEventView } from '../../src/http/contract-assistant.ts'
import type { JudgedClaimView } from '../../src/http/contract-briefs.ts'
import { Claim } from '../components/claim.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { StepList } from './answer-view.tsx'
import type { RunningTurn } from './use-chat.ts'

/** An answer on its way: the searches as they are taken, and each sentence once it has been verified. */
export function RunningView({ running }: { running: RunningTurn }) {
  const plan = running.events.find(event => event.kind === 'plan')
  const taken = running.events.flatMap(event => (event.kind === 'step' ? [event.step] : []))
  const waiting = (plan?.steps ?? [])
    .slice(taken.length)
    .map(step => ({ ...step, summary: '', failed: false }))
  const sentences = running.events.flatMap(sentenceOf)
  return (
    <>
      <article aria-label="Question" className="justify-self-end rounded bg-selected px-3 py-2">
        <Untrusted text={running.question} layout />
      </article>
      <article aria-label="Answer" aria-busy="true" className="grid gap-2 border-l-2 border-accent pl-3">
        <StepList steps={[...taken, ...waiting]} />
        <ul className="grid gap-1">
          {sentences.map((claim, index) => (
            <Claim
              // biome-ignore lint/suspicious/noArrayIndexKey: they are only added to
              key={index}
              claim={claim}
              evidence={claim.evidence.map(asEvidence)}
              openId={undefined}
              onOpen={nothing}
            />
          ))}
        </ul>
        <p className="text-sm text-muted">{statusOf(running.events)}</p>
      </article>
    </>
  )
}

const nothing = () => undefined

function sentenceOf(event: TurnEventView): JudgedClaimView[] {
  return event.kind === 'sentence' ? [event.claim as JudgedClaimView] : [] // The server's own statuses.
}

/** Until the answer is there, only the ids are known. */
function asEvidence({ id, quote }: { id: string; quote: string }) {
  return { id, kind: '', source: '', pointer: '', quote, trust: 'observed' as const, label: quote }
}

function statusOf(events: readonly TurnEventView[]): string {
  const last = events.at(-1)?.kind
  if (last === 'sentence') return 'Reading on…'
  if (last === 'step') return 'Reading what was found…'
  if (last === 'plan') return 'Searching…'
  if (last === 'route') return 'Planning…'
  return 'Looking…'
}
