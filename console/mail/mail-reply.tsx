import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MailDetail } from '../../src/http/contract-mail.ts'
import { replyToReporter } from '../api/mail.ts'
import { Button } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** The drafted answer to whoever reported the mail: read, changed and sent by a person. */
export function MailReply({ mail, mayReply }: { mail: MailDetail; mayReply: boolean }) {
  const client = useQueryClient()
  const [changed, setChanged] = useState<string>()
  // A verdict that is set meanwhile changes the draft, unless somebody has begun to write.
  const text = changed ?? mail.replyDraft
  const send = useMutation({
    mutationFn: () => replyToReporter(mail.id, text),
    onSuccess: () => {
      setChanged(undefined)
      toast('Sent.')
      void client.invalidateQueries({ queryKey: ['mail', 'one', mail.id] })
    },
    onError: error => toastFailure('Not sent', error),
  })
  return (
    <div className="grid gap-2">
      {mail.reply !== null && (
        <p>
          <Untrusted text={mail.reply.by} limit={100} /> answered <Moment atMs={mail.reply.atMs} />.
        </p>
      )}
      <Form className="grid gap-2" onSubmit={() => send.mutate()}>
        <TextAreaField
          label={mail.reply === null ? 'Draft' : 'Another answer'}
          rows={7}
          value={text}
          readOnly={!mayReply}
          onChange={event => setChanged(event.target.value)}
        />
        <div className="flex flex-wrap items-center gap-2">
          {mayReply && mail.cannotReply === null && (
            <Button type="submit" busy={send.isPending} disabled={text.trim() === ''}>
              Send to <Untrusted text={mail.reporter ?? ''} limit={60} />
            </Button>
          )}
          <CopyButton text={text} label="Copy" />
          {mail.cannotReply !== null && (
            <p className="text-xs text-muted">
              <Untrusted text={mail.cannotReply} limit={200} />
            </p>
          )}
        </div>
      </Form>
    </div>
  )
}
