import { useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'

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
    <Dialog title={title} onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          onSubmit(reason.trim())
        }}
      >
        <TextField
          label="Why"
          required
          maxLength={2000}
          value={reason}
          onChange={event => setReason(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
