import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CaseResponse, RemediationStep } from '../../src/http/contract-respond.ts'
import { propose, readCaseResponse } from '../api/respond.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ActionForm } from '../respond/action-form.tsx'
import { ProposalCard } from '../respond/proposal-card.tsx'
import { StepMarks } from '../respond/step-marks.tsx'
import type { CaseSectionProps } from './case-sections.ts'

const phases = { contain: 'Contain', eradicate: 'Eradicate', recover: 'Recover', harden: 'Harden' } as const

/** What can be done about the case, in order; what Tocsin can carry out can be asked for here. */
export function ResponseSection({ detail }: CaseSectionProps) {
  return <CaseResponsePanel caseId={detail.case.id} revision={detail.case.revision} />
}

/** The response to a case, on whatever page it is wanted. `revision`: read anew when the case grows. */
export function CaseResponsePanel({ caseId, revision }: { caseId: string; revision: number }) {
  const query = useQuery({
    queryKey: ['proposals', 'case', caseId, revision],
    queryFn: ({ signal }) => readCaseResponse(caseId, signal),
    // Somebody else decides, and a worker carries it out: neither is an event of the case.
    refetchInterval: ({ state }) => (state.data?.proposals.some(isInMotion) === true ? 3000 : false),
  })
  return (
    <QueryState query={query} what="The response">
      {data => <Response caseId={caseId} response={data} />}
    </QueryState>
  )
}

function isInMotion({ state }: CaseResponse['proposals'][number]): boolean {
  return ['awaiting', 'approved', 'executing', 'sent'].includes(state)
}

/** Whether a proposal is exactly what a step suggests. */
function isOf(proposal: CaseResponse['proposals'][number], { action }: RemediationStep): boolean {
  return (
    action !== null &&
    proposal.action === action.action &&
    proposal.target.agentId === action.target.agentId &&
    argumentsText(proposal.arguments) === argumentsText(action.arguments)
  )
}

/** The same text for the same arguments, whatever their order. */
function argumentsText(given: unknown): string {
  return JSON.stringify(Object.entries(given ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

function Response({ caseId, response }: { caseId: string; response: CaseResponse }) {
  const mayRespond = useMay('responder')
  const [asking, setAsking] = useState(false)
  const unstaffedOf = ({ action }: RemediationStep) =>
    response.actions.find(each => each.name === action?.action)?.unstaffed ?? null
  // In the order shown: the reason is read once, above the steps that share it.
  const first = (Object.keys(phases) as (keyof typeof phases)[])
    .flatMap(phase => response.steps.filter(step => step.phase === phase))
    .find(step => unstaffedOf(step) !== null)
  return (
    <div className="grid grid-cols-1 gap-3">
      {response.dryRun && (
        <p className="font-medium text-high">A dry run: approved actions are shown and not sent.</p>
      )}
      {response.proposals.map(proposal => (
        <ProposalCard key={proposal.id} proposal={proposal} />
      ))}
      {response.steps.length === 0 && (
        <p className="text-muted">
          No step is suggested: nothing in these alerts names something that can be contained.
        </p>
      )}
      {(Object.keys(phases) as (keyof typeof phases)[]).map(phase => {
        const steps = response.steps.filter(step => step.phase === phase)
        if (steps.length === 0) return null
        return (
          <section key={phase} aria-label={phases[phase]}>
            <h3 className="text-sm font-semibold">{phases[phase]}</h3>
            <ol className="grid gap-1.5">
              {steps.map(step => (
                <Step
                  key={step.id}
                  caseId={caseId}
                  step={step}
                  inMotion={response.proposals.some(proposal => isInMotion(proposal) && isOf(proposal, step))}
                  connected={
                    step.action?.target.platform === 'mail' ? response.mailConnected : response.connected
                  }
                  unstaffed={
                    unstaffedOf(step) !== null && step.id !== first?.id
                      ? 'Too few people here could approve it, as above.'
                      : unstaffedOf(step)
                  }
                />
              ))}
            </ol>
          </section>
        )
      })}
      {mayRespond && response.targets.length > 0 && (
        <Button className="justify-self-start" onClick={() => setAsking(true)}>
          Ask for another action
        </Button>
      )}
      {asking && <ActionForm caseId={caseId} response={response} onClose={() => setAsking(false)} />}
    </div>
  )
}

function Step({
  caseId,
  step,
  inMotion,
  connected,
  unstaffed,
}: {
  caseId: string
  step: RemediationStep
  /** Somebody has asked for it, and it is not over. */
  inMotion: boolean
  connected: boolean
  /** Why nobody could approve it, with the accounts that there are. */
  unstaffed: string | null
}) {
  const client = useQueryClient()
  const mayRespond = useMay('responder')
  const [askedNow, setAsked] = useState(false)
  const asked = askedNow || inMotion
  const { action } = step
  const ask = useMutation({
    mutationFn: async () => {
      if (action === null) return
      await propose(caseId, {
        action: action.action,
        // The server made these arguments, and parses them again.
        arguments: action.arguments as Record<string, string | number | string[]>,
        agentId: action.target.agentId,
        platform: action.target.platform,
        reason: step.why,
        evidence: step.evidence,
      })
    },
    onSuccess: async () => {
      setAsked(true)
      await client.invalidateQueries({ queryKey: ['proposals'] })
      toast('Asked for. Somebody else has to approve it.')
    },
    onError: error => toastFailure('Not asked for', error),
  })
  return (
    <li className="grid gap-0.5 border-l-2 border-line pl-2">
      <span>
        <Untrusted text={step.text} />
      </span>
      <span className="text-sm text-muted">
        <Untrusted text={step.why} />
        {step.evidence.length > 0 && ` [${step.evidence.join(', ')}]`}
        {step.risk !== '' && (
          <>
            {' '}
            Risk: <Untrusted text={step.risk} />
          </>
        )}
      </span>
      {step.rejections.map(rejection => (
        <span key={`${rejection.caseId}${rejection.atMs}`} className="text-sm">
          <span className="font-medium">Rejected before</span> by {rejection.by},{' '}
          <Moment atMs={rejection.atMs} />
          {rejection.caseId !== caseId && (
            <>
              {' '}
              in{' '}
              <Link href={`/cases/${encodeURIComponent(rejection.caseId)}`} className="text-accent underline">
                another case
              </Link>
            </>
          )}
          : <Untrusted text={rejection.reason} />
        </span>
      ))}
      {action === null && <StepMarks caseId={caseId} step={step} />}
      {action !== null && unstaffed !== null && <span className="text-sm text-muted">{unstaffed}</span>}
      {action !== null && mayRespond && (
        <span>
          <Button busy={ask.isPending} disabled={asked || !connected} onClick={() => ask.mutate()}>
            {asked ? 'Asked for' : 'Ask for it'}
          </Button>
          {!connected && (
            <span className="ml-2 text-xs text-muted">
              {action.target.platform === 'mail'
                ? 'Needs a connector to the mail system: TOCSIN_MAIL_GATEWAY_URL.'
                : 'Needs the Wazuh server API: see Settings, Connections.'}
            </span>
          )}
        </span>
      )}
    </li>
  )
}
