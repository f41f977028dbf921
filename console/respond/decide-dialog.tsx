import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProposalView } from '../../src/http/contract-respond.ts'
import { useProof } from '../account/proof-fields.tsx'
import { decideProposal } from '../api/respond.ts'
import { useMay } from '../api/session.ts'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
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
  const mayApprove = useMay('approver')
  const [behalf, setBehalf] = useState(mayApprove ? '' : (proposal.mayStandInFor[0]?.id ?? ''))
  const approving = decision === 'approve'
  const proof = useProof(proposal.digest, { needed: approving && proposal.stepUp })
  const decide = async () => {
    const given = await proof.give()
    await decideProposal(proposal.id, {
      digest: proposal.digest,
      decision,
      reason: reason.trim(),
      ...(given === undefined ? {} : { proof: given }),
      ...(behalf === '' ? {} : { onBehalfOf: behalf }),
    })
    await client.invalidateQueries({ queryKey: ['proposals'] })
    toast(approving ? 'Approved.' : 'Rejected.')
    onClose()
  }
  const ready = approving ? proof.ready : reason.trim() !== ''
  return (
    <FormDialog
      title={`${approving ? 'Approve' : 'Reject'}: ${proposal.title}`}
      action={approving ? 'Approve' : 'Reject'}
      danger={!approving}
      ready={ready}
      send={decide}
      onClose={onClose}
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
      {approving && proposal.mayStandInFor.length > 0 && (
        <SelectField
          label="As"
          hint="Your own right and that of the person you stand in for count once together."
          value={behalf}
          onChange={event => setBehalf(event.target.value)}
          options={[
            ...(mayApprove ? [{ value: '', label: 'yourself' }] : []),
            ...proposal.mayStandInFor.map(each => ({
              value: each.id,
              label: `the stand-in of ${each.displayName}`,
            })),
          ]}
        />
      )}
      {proof.fields}
    </FormDialog>
  )
}
