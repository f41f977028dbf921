import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProposalView } from '../../src/http/contract-respond.ts'
import { rollBack, submitProposal, withdrawProposal } from '../api/respond.ts'
import { useMay, usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { RawJson } from '../components/raw-json.tsx'
import { ReasonDialog } from '../components/reason-dialog.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { DecideDialog } from './decide-dialog.tsx'
import { ProposalState } from './proposal-state.tsx'

/** One proposal: what exactly would happen, what else suffers, who asked, who decided, and what can be done now. */
export function ProposalCard({
  proposal,
  selected = false,
  showCase = false,
}: {
  proposal: ProposalView
  selected?: boolean
  showCase?: boolean
}) {
  const client = useQueryClient()
  const person = usePerson()
  const mayRespond = useMay('responder')
  const [deciding, setDeciding] = useState<'approve' | 'reject'>()
  const [takingBack, setTakingBack] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: ['proposals'] })
  const submit = useMutation({
    mutationFn: () => submitProposal(proposal.id),
    onSuccess: refresh,
    onError: error => toastFailure('Not submitted', error),
  })
  const withdraw = useMutation({
    mutationFn: () => withdrawProposal(proposal.id),
    onSuccess: async () => {
      await refresh()
      toast('Withdrawn.')
    },
    onError: error => toastFailure('Not withdrawn', error),
  })
  const takeBack = useMutation({
    mutationFn: (reason: string) => rollBack(proposal.id, reason),
    onSuccess: async () => {
      setTakingBack(false)
      await refresh()
      toast('Asked for. Somebody else has to approve it.')
    },
    onError: error => toastFailure('Not asked for', error),
  })
  const waiting = proposal.state === 'awaiting'
  const own = proposal.requestedBy === null || proposal.requestedBy.id === person.id
  return (
    <article
      aria-label={`${proposal.title} on ${proposal.target.agentName}`}
      aria-current={selected || undefined}
      className={`grid gap-2 border-l-2 px-3 py-2 ${selected ? 'border-accent bg-selected' : 'border-line-strong'}`}
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-semibold">
          {proposal.title} on <Untrusted text={proposal.target.agentName} />
        </h3>
        <ProposalState state={proposal.state} />
      </header>
      <p>
        <Untrusted text={proposal.description} />
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm [&>dt]:text-muted">
        <dt>Also affected</dt>
        <dd>
          <Untrusted text={proposal.blastRadius} />
        </dd>
        <dt>Undo</dt>
        <dd>
          {proposal.undo === null
            ? proposal.effect === 'reads'
              ? 'Nothing to undo.'
              : 'Cannot be undone.'
            : `By ${proposal.undo}, as a proposal of its own.`}
        </dd>
        <dt>Why</dt>
        <dd>
          <Untrusted text={proposal.reason} />
        </dd>
        <dt>Asked by</dt>
        <dd>
          {proposal.requestedBy === null
            ? `Nobody yet; prepared by ${proposal.preparedBy}`
            : proposal.requestedBy.displayName}
          , <Moment atMs={proposal.createdAtMs} />
          {waiting && (
            <>
              {' '}
              (open until <Moment atMs={proposal.expiresAtMs} />)
            </>
          )}
        </dd>
        <dt>Approvals</dt>
        <dd>
          {proposal.approvalsNow} of {proposal.approversNeeded}
          {proposal.approversNeeded === 2 && ' distinct people'}, besides the person who asked
          {proposal.decisions.map(decision => (
            <span key={decision.by.id} className="block">
              {decision.decision === 'approve' ? 'Approved' : 'Rejected'} by {decision.by.displayName}
              {decision.onBehalfOf !== null && ` for ${decision.onBehalfOf.displayName}`},{' '}
              <Moment atMs={decision.atMs} />
              {decision.reason !== '' && (
                <>
                  : <Untrusted text={decision.reason} />
                </>
              )}
            </span>
          ))}
        </dd>
        {proposal.outcome !== null && (
          <>
            <dt>Outcome</dt>
            <dd>
              <Untrusted text={proposal.outcome} />
            </dd>
          </>
        )}
        {proposal.rollback !== null && (
          <>
            <dt>Taken back</dt>
            <dd>
              By a proposal of its own: <ProposalState state={proposal.rollback.state} />
            </dd>
          </>
        )}
        <dt>Sent</dt>
        <dd className="min-w-0">
          {proposal.request === null ? (
            'Nothing: this action is no longer allowed.'
          ) : (
            <details>
              <summary className="cursor-pointer text-accent">the exact request</summary>
              <RawJson raw={JSON.stringify(proposal.request)} />
            </details>
          )}
        </dd>
        <dt>Digest</dt>
        <dd className="font-mono text-xs break-all">{proposal.digest}</dd>
      </dl>
      <div className="flex flex-wrap items-center gap-2">
        {showCase && (
          <Link href={caseHref(proposal.caseId)} className="text-accent underline">
            Open the case
          </Link>
        )}
        {proposal.state === 'draft' && mayRespond && (
          <Button busy={submit.isPending} onClick={() => submit.mutate()}>
            Ask for it
          </Button>
        )}
        {waiting && proposal.cannotApprove === null && (
          <>
            <Button onClick={() => setDeciding('approve')} {...(selected ? { keys: 'y' } : {})}>
              Approve
            </Button>
            <Button look="danger" onClick={() => setDeciding('reject')} {...(selected ? { keys: 'r' } : {})}>
              Reject
            </Button>
          </>
        )}
        {waiting && proposal.unstaffed !== null && (
          <p className="basis-full text-sm font-medium text-high">{proposal.unstaffed}</p>
        )}
        {waiting && proposal.cannotApprove !== null && (
          <p className="text-sm text-muted">{proposal.cannotApprove}</p>
        )}
        {proposal.canRollBack && mayRespond && <Button onClick={() => setTakingBack(true)}>Take back</Button>}
        {['draft', 'awaiting', 'approved'].includes(proposal.state) && own && (
          <Button look="quiet" busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
            Withdraw
          </Button>
        )}
      </div>
      {takingBack && (
        <ReasonDialog
          title={`Take back: ${proposal.title} on ${proposal.target.agentName}`}
          action="Ask for it"
          busy={takeBack.isPending}
          onSubmit={reason => takeBack.mutate(reason)}
          onClose={() => setTakingBack(false)}
        />
      )}
      {deciding !== undefined && (
        <DecideDialog proposal={proposal} decision={deciding} onClose={() => setDeciding(undefined)} />
      )}
    </article>
  )
}
