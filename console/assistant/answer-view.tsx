import { useQuery } from '@tanstack/react-query'
import { CircleAlert, Search } from 'lucide-react'
import { useState } from 'react'
import type { TurnAnswerView } from '../../src/http/contract-assistant.ts'
import type { ChatAnswer } from '../../src/http/contract-chat.ts'
import { readCitedAlert } from '../api/assistant.ts'
import { Button } from '../components/button.tsx'
import { Claim } from '../components/claim.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { PlainMarkdown } from '../components/plain-markdown.tsx'
import { RawJson } from '../components/raw-json.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { visibleText } from '../text/visible-text.ts'
import { QueryEditor } from './query-editor.tsx'

/**
 * An answer: what was searched, each sentence with what became of it and the evidence that it stands on, one click away.
 * `trailFirst` (learning mode) shows the trail, and the conclusion when asked for.
 */
export function AnswerView({ answer, trailFirst = false }: { answer: TurnAnswerView; trailFirst?: boolean }) {
  const [open, setOpen] = useState<string>()
  const [concluded, setConcluded] = useState(!trailFirst)
  const shown = answer.evidence.find(item => item.id === open)
  const toggle = (id: string) => setOpen(now => (now === id ? undefined : id))
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {answer.steps.length > 0 && <StepList steps={stepsToShow(answer, concluded)} />}
      {!concluded && (
        <section aria-label="Evidence trail" className="grid gap-1">
          <p className="text-sm text-muted">
            The evidence first: does it bear your hypothesis out, or speak against it?
          </p>
          <ul className="grid gap-1">
            {answer.evidence.slice(0, 20).map(item => (
              <li key={item.id}>
                <button
                  type="button"
                  className="w-full rounded border border-line px-2 py-1 text-left hover:bg-selected"
                  onClick={() => toggle(item.id)}
                >
                  <span className="font-mono text-xs text-accent">{item.id}</span>{' '}
                  <Untrusted text={item.label} limit={200} />{' '}
                  <span className="text-sm text-muted">{visibleText(item.quote).slice(0, 120)}</span>
                </button>
              </li>
            ))}
          </ul>
          <Button look="plain" className="justify-self-start" onClick={() => setConcluded(true)}>
            Show the conclusion
          </Button>
        </section>
      )}
      {concluded && (
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-1">
          {answer.sentences.map((sentence, index) => (
            <Claim
              // biome-ignore lint/suspicious/noArrayIndexKey: the same sentence may stand in it twice
              key={index}
              claim={{ ...sentence, evidence: sentence.evidence.map(id => ({ id, quote: '' })) }}
              evidence={answer.evidence}
              openId={open}
              onOpen={toggle}
            />
          ))}
        </ul>
      )}
      {shown !== undefined && (
        <CitedEvidence key={shown.id} item={shown} onClose={() => setOpen(undefined)} />
      )}
      {answer.query !== null && <QueryEditor understood={answer.query} />}
      <p className="text-xs text-muted">
        {answer.model === null
          ? 'Answered by code, no model was asked'
          : `Answered by ${answer.model}, each sentence checked against the evidence`}
        {answer.modelReason === null ? '.' : ''}
        {answer.modelReason !== null && (
          <>
            {': '}
            <Untrusted text={answer.modelReason} limit={300} />.
          </>
        )}
      </p>
    </div>
  )
}

/** What a search found is in the sentences where code wrote them, and not told before the conclusion is asked for. */
function stepsToShow(answer: TurnAnswerView, concluded: boolean): TurnAnswerView['steps'] {
  const told = concluded && answer.model !== null
  return told ? answer.steps : answer.steps.map(step => (step.failed ? step : { ...step, summary: '' }))
}

/** The searches, as they were planned and as they went. */
export function StepList({ steps }: { steps: readonly TurnAnswerView['steps'][number][] }) {
  return (
    <ol aria-label="Searches" className="grid gap-0.5 text-sm text-muted">
      {steps.map((step, index) => {
        const Icon = step.failed ? CircleAlert : Search
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
            key={index}
            className="grid grid-cols-[1.125rem_minmax(0,1fr)] gap-x-2"
          >
            <Icon aria-hidden="true" className={`mt-0.5 size-4 ${step.failed ? 'text-high' : ''}`} />
            <span>
              <span className="font-mono text-xs">{step.tool}</span>{' '}
              <span className="font-mono text-xs">
                <Untrusted text={argumentWords(step.input)} limit={200} />
              </span>
              {step.summary !== '' && (
                <>
                  {': '}
                  <Untrusted text={step.summary} limit={300} />
                </>
              )}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

function argumentWords(input: Readonly<Record<string, unknown>>): string {
  return Object.entries(input)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}

const trustWords = {
  observed: 'observed',
  'attacker-controlled': 'an attacker could have written it',
  'knowledge-base': 'from a knowledge base',
  human: 'written by a colleague',
} as const

function CitedEvidence({ item, onClose }: { item: ChatAnswer['evidence'][number]; onClose: () => void }) {
  const isAlert = item.pointer.startsWith('/')
  return (
    <section
      aria-label={`Evidence ${item.id}`}
      className="grid gap-1.5 rounded border border-line-strong bg-sunken p-2"
    >
      <div className="flex items-start justify-between gap-2">
        <p className="text-xs text-muted">
          <span className="font-mono text-accent">{item.id}</span> <Untrusted text={item.label} limit={300} />
          ,{' '}
          <span className={item.trust === 'attacker-controlled' ? 'text-attacker' : ''}>
            {trustWords[item.trust]}
          </span>
          ; <Untrusted text={`${item.source} ${item.pointer}`} limit={300} />
        </p>
        <Button look="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      {item.kind === 'document' ? (
        <PlainMarkdown text={item.quote} />
      ) : (
        <blockquote className="font-mono text-xs">
          <Untrusted text={item.quote} layout />
        </blockquote>
      )}
      {isAlert && <CitedAlert alertKey={item.source} pointer={item.pointer} />}
    </section>
  )
}

function CitedAlert({ alertKey, pointer }: { alertKey: string; pointer: string }) {
  const [raw, setRaw] = useState(false)
  const query = useQuery({
    queryKey: ['cited-alert', alertKey],
    queryFn: ({ signal }) => readCitedAlert(alertKey, signal),
    enabled: raw,
    staleTime: Number.POSITIVE_INFINITY, // Raw alerts never change.
  })
  if (!raw)
    return (
      <Button className="justify-self-start" onClick={() => setRaw(true)}>
        Show the raw alert
      </Button>
    )
  if (query.isPending) return <Loading lines={4} label="Loading the raw alert" />
  if (query.isError)
    return (
      <ErrorState
        what="The alert could not be read."
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    )
  return (
    <>
      <Link href={caseHref(query.data.caseId)} className="text-accent underline">
        Open its case
      </Link>
      <div className="max-h-80 overflow-auto">
        <RawJson raw={query.data.raw} pointer={pointer} />
      </div>
    </>
  )
}
