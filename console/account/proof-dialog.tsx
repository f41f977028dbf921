import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Proof } from '../../src/http/contract-sign-in.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Complaint, useProof } from './proof-fields.tsx'

/** Asks for proof, then does what needs it. Stays open with the reason where it was refused. */
export function ProofDialog({
  title,
  action,
  danger = false,
  children,
  onClose,
  onProof,
}: {
  title: string
  /** What the button says. */
  action: string
  danger?: boolean
  children?: ReactNode
  onClose: () => void
  onProof: (proof: Proof | undefined) => Promise<void>
}) {
  const proof = useProof('account')
  const go = useMutation({ mutationFn: async () => onProof(await proof.give()) })
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (proof.ready) go.mutate()
        }}
      >
        {children}
        {proof.fields}
        {go.isError && <Complaint error={go.error} />}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            look={danger ? 'danger' : 'primary'}
            busy={go.isPending}
            disabled={!proof.ready}
          >
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
