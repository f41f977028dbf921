import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RuleDraftReply, RuleDraftView } from '../../src/http/contract-rules.ts'
import { decideRuleDraft, deployRuleDraft, rollBackRuleDraft, submitRuleDraft } from '../api/rules.ts'
import { useMay, usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Complaint } from '../components/complaint.tsx'
import { TextField } from '../components/field.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { TextDiff } from './text-diff.tsx'

/** The way of a rule to Wazuh and back: each step for those who may take it. */
export function RuleDecision({ draft, changed }: { draft: RuleDraftView; changed: boolean }) {
  const client = useQueryClient()
  const { id: me } = usePerson()
  const [mayWrite, mayDeploy, mayApprove] = [useMay('analyst'), useMay('responder'), useMay('approver')]
  const [reason, setReason] = useState('')
  const act = useMutation({
    mutationFn: (action: () => Promise<RuleDraftReply>) => action(),
    onSuccess: reply => client.setQueryData(['rule-draft', draft.id], reply),
    onError: () => client.invalidateQueries({ queryKey: ['rule-draft', draft.id] }),
  })
  const { id, state, digest, proof } = draft
  const mine = draft.changedBy?.id === me || draft.requestedBy?.id === me
  const ready = state === 'draft' && proof?.kind === 'proven' && !changed
  const asks = (mayWrite && ready) || (mayApprove && state === 'awaiting')
  const decide = (decision: 'approve' | 'reject') =>
    act.mutate(() => decideRuleDraft(id, { digest: digest ?? '', decision, reason }))
  return (
    <div className="grid grid-cols-1 gap-3">
      <History draft={draft} />
      {draft.replaces !== null && (
        <details open={state === 'awaiting'}>
          <summary>It replaces what is deployed as {draft.fileName}</summary>
          <TextDiff label="What would change" before={draft.replaces} after={draft.text} />
        </details>
      )}
      {asks && (
        <TextField
          label="Reason"
          value={reason}
          maxLength={2000}
          onChange={event => setReason(event.target.value)}
        />
      )}
      <Complaint error={act.error} />
      <div className="flex flex-wrap gap-2">
        {mayWrite && ready && (
          <Button
            look="primary"
            disabled={reason.trim() === ''}
            busy={act.isPending}
            onClick={() => act.mutate(() => submitRuleDraft(id, reason))}
          >
            Ask for deployment
          </Button>
        )}
        {mayApprove && state === 'awaiting' && (
          <>
            {!mine && (
              <Button look="primary" busy={act.isPending} onClick={() => decide('approve')}>
                Approve
              </Button>
            )}
            <Button
              look="danger"
              disabled={reason.trim() === ''}
              busy={act.isPending}
              onClick={() => decide('reject')}
            >
              Reject
            </Button>
          </>
        )}
        {mayDeploy && state === 'approved' && (
          <Button look="primary" busy={act.isPending} onClick={() => act.mutate(() => deployRuleDraft(id))}>
            Deploy
          </Button>
        )}
        {mayDeploy && (state === 'deployed' || state === 'broken') && (
          <Button look="danger" busy={act.isPending} onClick={() => act.mutate(() => rollBackRuleDraft(id))}>
            Roll back
          </Button>
        )}
      </div>
      {mine && state === 'awaiting' && (
        <p className="text-muted">You wrote it or asked for it: somebody else must approve it.</p>
      )}
    </div>
  )
}

function History({ draft }: { draft: RuleDraftView }) {
  const { changedBy, requestedBy, reason, decidedBy, decisionReason, outcome, state } = draft
  return (
    <ul className="grid gap-1">
      <li>Written by {changedBy?.displayName ?? 'nobody who is still here'}.</li>
      {requestedBy !== null && (
        <li>
          {requestedBy.displayName} asks for it: <Untrusted text={reason} />
        </li>
      )}
      {decidedBy !== null && (
        <li>
          {state === 'rejected' ? 'Rejected' : 'Approved'} by {decidedBy.displayName}
          {decisionReason !== null && decisionReason !== '' && (
            <>
              : <Untrusted text={decisionReason} />
            </>
          )}
        </li>
      )}
      {outcome !== null && (
        <li>
          Outcome: <Untrusted text={outcome} />
        </li>
      )}
    </ul>
  )
}
