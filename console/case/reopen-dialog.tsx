import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'

/** Takes a verdict back; the reason stands in the history beside it. */
export function ReopenDialog({
  busy,
  onSubmit,
  onClose,
}: {
  busy: boolean
  onSubmit: (reason: string) => void
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  return (
    <Dialog title="Reopen the case" onClose={onClose}>
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
          maxLength={4000}
          value={reason}
          onChange={event => setReason(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={busy}>
            Reopen
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
