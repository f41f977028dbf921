import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ComplianceControl } from '../../src/http/contract-compliance.ts'
import { stateOwn } from '../api/compliance.ts'
import { TextAreaField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { toast } from '../components/toast.tsx'

/** What the organisation says of one control. Saying it changes no status, and the dialog says so. */
export function OwnStatementDialog({
  framework,
  control,
  onClose,
}: {
  framework: string
  control: ComplianceControl
  onClose: () => void
}) {
  const client = useQueryClient()
  const { own } = control
  const [said, setSaid] = useState({
    owner: own?.owner ?? '',
    gap: own?.gap ?? '',
    statement: own?.statement ?? '',
    reference: own?.reference ?? '',
    expires: own?.expires ?? '',
  })
  const field = (name: keyof typeof said) => ({
    value: said[name],
    onChange: (event: { target: { value: string } }) => setSaid({ ...said, [name]: event.target.value }),
  })
  const save = async () => {
    await stateOwn(framework, control.id, own?.version ?? 0, said)
    await client.invalidateQueries({ queryKey: ['compliance', framework] })
    toast('Saved under your name. The status stays what the records say.')
    onClose()
  }
  return (
    <FormDialog
      title={`${control.id}: ${control.topic}`}
      action="Save"
      send={save}
      onClose={onClose}
      ready={said.statement.trim() === '' || said.expires !== ''}
      wide
    >
      <p className="text-muted">
        Stands in every report beside what is counted, under your name and labelled as not checked. No status
        comes of it.
      </p>
      <TextField
        label="Who answers for it"
        hint={`Empty: ${control.owner}`}
        maxLength={300}
        {...field('owner')}
      />
      <TextAreaField label="What is missing" rows={2} maxLength={5000} {...field('gap')} />
      <TextAreaField label="What the organisation does" rows={4} maxLength={5000} {...field('statement')} />
      <TextField
        label="Where it can be seen"
        hint="A document, a ticket, a person"
        maxLength={300}
        {...field('reference')}
      />
      <TextField
        label="Holds until"
        hint="Within a year: then somebody looks again. Needed with what the organisation does."
        type="date"
        {...field('expires')}
      />
    </FormDialog>
  )
}
