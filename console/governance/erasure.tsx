import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ErasurePreview } from '../../src/http/contract-retention.ts'
import { erase, previewErasure, type Subject } from '../api/retention.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'

const types = [
  { value: 'user', label: 'User' },
  { value: 'email', label: 'Mail address' },
  { value: 'address', label: 'IP address' },
  { value: 'host', label: 'Host' },
] as const

const whyKept = {
  'legal-hold': 'stays: legal hold',
  'action-in-motion': 'stays: an action is in motion',
} as const

/** Erasure on request (GDPR, article 17): seen before it is done, for good once it is. */
export function Erasure() {
  const [type, setType] = useState<string>('user')
  const [value, setValue] = useState('')
  const [agreeing, setAgreeing] = useState<{ subject: Subject; preview: ErasurePreview }>()
  const preview = useMutation({
    mutationFn: (subject: Subject) => previewErasure(subject),
    onSuccess: (found, subject) => setAgreeing({ subject, preview: found }),
    onError: error => toastFailure('Could not look', error),
  })
  return (
    <Section title="Erasure on request">
      <p className="text-muted">
        Deletes every case that names a person, host or address, and every mail with that address in it, and
        destroys the keys of what the ledger keeps about them. Backups made before keep it until they are
        deleted.
      </p>
      <Form
        className="flex flex-wrap items-end gap-2"
        onSubmit={() => preview.mutate({ type, value: value.trim().toLowerCase() })}
      >
        <SelectField
          label="What"
          value={type}
          onChange={event => setType(event.target.value)}
          options={types}
        />
        <TextField
          label="Exactly as cases name it"
          value={value}
          onChange={event => setValue(event.target.value)}
        />
        <Button type="submit" busy={preview.isPending} disabled={value.trim() === ''}>
          Show what would go
        </Button>
      </Form>
      {agreeing !== undefined && <Agreement {...agreeing} onClose={() => setAgreeing(undefined)} />}
    </Section>
  )
}

function Agreement({
  subject,
  preview,
  onClose,
}: {
  subject: Subject
  preview: ErasurePreview
  onClose: () => void
}) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [again, setAgain] = useState('')
  const run = async () => {
    const erased = await erase(subject, reason.trim(), preview.cases.length)
    await client.invalidateQueries()
    toast(
      `Erased: ${count(erased.cases, 'case')}, ${count(erased.mails, 'mail')}, ${count(erased.chats, 'chat')}. It is in the ledger.`,
    )
    onClose()
  }
  const going = preview.cases.filter(each => each.kept === null).length
  const nothing = going === 0 && preview.mails === 0 && preview.chats === 0
  const found = (
    <>
      <p>
        {nothing
          ? 'Nothing can be deleted: '
          : `${count(going, 'case')}, ${count(preview.mails, 'mail')} and ${count(preview.chats, 'chat')} would be deleted: `}
        {count(preview.cases.length, 'case')} {preview.cases.length === 1 ? 'names' : 'name'}{' '}
        <Untrusted text={subject.value} />.
      </p>
      <DataTable
        label="Cases that name it"
        rows={preview.cases.slice(0, 50)}
        rowKey={({ id }) => id}
        empty="No case names it."
        columns={[
          { title: 'Case', cell: each => <Untrusted text={each.title} /> },
          { title: 'Status', cell: each => each.status },
          { title: 'Fate', cell: each => (each.kept === null ? 'deleted' : whyKept[each.kept]) },
        ]}
      />
    </>
  )
  if (nothing)
    return (
      <Dialog title="Erase for good" onClose={onClose} wide>
        <div className="grid gap-3">{found}</div>
      </Dialog>
    )
  return (
    <FormDialog
      title="Erase for good"
      action="Erase for good"
      danger
      ready={reason.trim().length >= 3 && again.trim().toLowerCase() === subject.value}
      send={run}
      onClose={onClose}
      wide
    >
      {found}
      <TextField
        label="Reason"
        hint="Kept in the ledger: name the request, not the person."
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
      <TextField
        label="Type it again to confirm"
        value={again}
        onChange={event => setAgain(event.target.value)}
      />
    </FormDialog>
  )
}
