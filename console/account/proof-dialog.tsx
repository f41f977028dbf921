import type { ReactNode } from 'react'
import type { Proof } from '../../src/http/contract-sign-in.ts'
import { FormDialog } from '../components/form-dialog.tsx'
import { useProof } from './proof-fields.tsx'

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
  return (
    <FormDialog
      title={title}
      action={action}
      danger={danger}
      ready={proof.ready}
      send={async () => onProof(await proof.give())}
      onClose={onClose}
    >
      {children}
      {proof.fields}
    </FormDialog>
  )
}
