import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProposalView } from '../../src/http/contract-respond.ts'
import { failureText } from '../api/request.ts'
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
  const [password, setPassword] = useState('')
  const approving = decision === 'approve'
  const needsPassword = approving && proposal.stepUp
  const decide = useMutation({
    mutationFn: () =>
      decideProposal(proposal.id, {
        digest: proposal.digest,
        decision,
        reason: reason.trim(),
        ...(needsPassword ? { password } : {}),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['proposals'] })
      toast(approving ? 'Approved.' : 'Rejected.')
      onClose()
    },
  })
  const ready = approving ? !needsPassword || password !== '' : reason.trim() !== ''
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
        {needsPassword && (
          <TextField
            label="Your password again"
            hint="This action needs proof that it is you, now."
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        )}
        {decide.isError && (
          <p role="alert" className="font-medium text-bad">
            {failureText(decide.error)}
          </p>
        )}
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
