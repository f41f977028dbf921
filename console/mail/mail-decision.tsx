import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MailDetail } from '../../src/http/contract-mail.ts'
import { decideMail, type MailVerdict } from '../api/mail.ts'
import { Button } from '../components/button.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { MailVerdictLabel, mailVerdictLooks, mailVerdictOrder } from './mail-verdict.tsx'

/** What a person decided, and the form to decide. */
export function MailDecision({ mail, mayDecide }: { mail: MailDetail; mayDecide: boolean }) {
  return (
    <div className="grid gap-3">
      {mail.decision !== null && mail.decidedVerdict !== null && (
        <p>
          <MailVerdictLabel verdict={mail.decidedVerdict} decided /> by <Untrusted text={mail.decision.by} />,{' '}
          <Moment atMs={mail.decision.atMs} />: <Untrusted text={mail.decision.reason} limit={500} />
        </p>
      )}
      {mayDecide && <DecisionForm mail={mail} />}
    </div>
  )
}

function DecisionForm({ mail }: { mail: MailDetail }) {
  const client = useQueryClient()
  const [verdict, setVerdict] = useState<MailVerdict>(mail.decidedVerdict ?? mail.verdict)
  const [reason, setReason] = useState('')
  const decide = useMutation({
    mutationFn: () => decideMail(mail.id, { verdict, reason }),
    onSuccess: () => {
      setReason('')
      toast('Verdict set. Later mails of this sender take it into account.')
      void client.invalidateQueries({ queryKey: ['mail'] })
    },
    onError: error => toastFailure('The verdict could not be set', error),
  })
  return (
    <Form className="flex flex-wrap items-end gap-3" onSubmit={() => decide.mutate()}>
      <SelectField
        label="Your verdict"
        value={verdict}
        onChange={event => setVerdict(event.target.value as MailVerdict)} // One of the options below.
        options={mailVerdictOrder.map(value => ({ value, label: mailVerdictLooks[value].word }))}
      />
      <div className="min-w-0 flex-1 basis-60 *:w-full">
        <TextField label="Reason" value={reason} onChange={event => setReason(event.target.value)} />
      </div>
      <Button type="submit" look="primary" busy={decide.isPending} disabled={reason.trim() === ''}>
        Set verdict
      </Button>
    </Form>
  )
}
