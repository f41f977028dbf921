import { useState } from 'react'
import { TextField } from './field.tsx'
import { FormDialog } from './form-dialog.tsx'

/** Asks why, before something is done that stands in a history beside its reason. */
export function ReasonDialog({
  title,
  action,
  busy,
  onSubmit,
  onClose,
}: {
  title: string
  /** The word on the button. */
  action: string
  busy: boolean
  onSubmit: (reason: string) => void
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  return (
    <FormDialog
      title={title}
      action={action}
      ready={!busy}
      send={async () => onSubmit(reason.trim())}
      onClose={onClose}
    >
      <TextField
        label="Why"
        required
        maxLength={2000}
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
    </FormDialog>
  )
}
