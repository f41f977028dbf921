import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProposalView } from '../../src/http/contract-respond.ts'
import { Complaint, useProof } from '../account/proof-fields.tsx'
import { decideProposal } from '../api/respond.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { toast } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** The decision on exactly one proposal: its digest is sent back, so that what was read is what is decided on. */
export function DecideDialog({
  proposal,
  decision,
  onClose,
}: {
  proposal: ProposalView
  decision: 'approve' | 'reject'
  onClose: () => void
}) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const approving = decision === 'approve'
  const proof = useProof(proposal.digest, { needed: approving && proposal.stepUp })
  const decide = useMutation({
    mutationFn: async () => {
      const given = await proof.give()
      return decideProposal(proposal.id, {
        digest: proposal.digest,
        decision,
        reason: reason.trim(),
        ...(given === undefined ? {} : { proof: given }),
      })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['proposals'] })
      toast(approving ? 'Approved.' : 'Rejected.')
      onClose()
    },
  })
  const ready = approving ? proof.ready : reason.trim() !== ''
  return (
    <Dialog title={`${approving ? 'Approve' : 'Reject'}: ${proposal.title}`} onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (ready) decide.mutate()
        }}
      >
        <p>
          <Untrusted text={proposal.description} />
        </p>
        <p className="text-sm text-muted">
          <Untrusted text={proposal.blastRadius} />
        </p>
        <TextField
          label={approving ? 'Remark (may be empty)' : 'Why not'}
          hint={approving ? undefined : 'It is kept with the case and feeds later suggestions.'}
          value={reason}
          onChange={event => setReason(event.target.value)}
        />
        {proof.fields}
        {decide.isError && <Complaint error={decide.error} />}
        <div className="flex gap-2">
          <Button
            type="submit"
            look={approving ? 'primary' : 'danger'}
            busy={decide.isPending}
            disabled={!ready}
          >
            {approving ? 'Approve' : 'Reject'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
