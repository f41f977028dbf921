import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Complaint } from './complaint.tsx'
import { Dialog } from './dialog.tsx'
import { Form } from './form.tsx'

/**
 * A dialog that is filled in and sent. It stays open with the reason where `send` fails, and cannot be sent twice at once;
 * whoever opened it closes it at the end of `send`.
 */
export function FormDialog({
  title,
  action,
  send,
  onClose,
  children,
  ready = true,
  danger = false,
  wide = false,
}: {
  title: string
  /** The word on the button. */
  action: string
  send: () => Promise<unknown>
  onClose: () => void
  children: ReactNode
  /** Whether what is filled in can be sent: until then neither the button nor Enter does. */
  ready?: boolean
  /** What it does cannot be taken back, or takes away. */
  danger?: boolean
  wide?: boolean
}) {
  const sending = useMutation({ mutationFn: send })
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <Form
        className="grid gap-3"
        onSubmit={() => {
          if (ready && !sending.isPending) sending.mutate()
        }}
      >
        {children}
        <Complaint error={sending.error} />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            look={danger ? 'danger' : 'primary'}
            busy={sending.isPending}
            disabled={!ready}
          >
            {action}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
