import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { GovernanceRecordView } from '../../src/http/contract-governance.ts'
import { addRecord, changeRecord, listRecords } from '../api/governance.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { SelectField, TextAreaField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import type { RecordField, Register } from './registers.ts'

/** One register: its records, and a form for the next one or a new version of one. `single`: there is one at most. */
export function RegisterSection({ register, single = false }: { register: Register; single?: boolean }) {
  const query = useQuery({
    queryKey: ['governance', register.kind],
    queryFn: ({ signal }) => listRecords(register.kind, signal),
  })
  const [editing, setEditing] = useState<GovernanceRecordView | 'new'>()
  const listed = register.fields.filter(field => field.listed)
  return (
    <Section title={register.title}>
      <QueryState query={query} what={register.title}>
        {({ records }) => (
          <>
            <DataTable
              label={`${register.title}: records`}
              rows={records}
              rowKey={({ id }) => id}
              empty={register.empty}
              columns={[
                ...listed.map((field, index) => ({
                  title: field.label,

                  cell: (record: GovernanceRecordView) =>
                    index === 0 ? (
                      <LinkButton onClick={() => setEditing(record)}>
                        <Untrusted text={record.content[field.name] || '—'} />
                      </LinkButton>
                    ) : (
                      <FieldValue name={field.name} content={record.content} />
                    ),
                })),
                {
                  title: 'Last change',
                  cell: (record: GovernanceRecordView) => (
                    <>
                      <Moment atMs={record.changedMs} />{' '}
                      <span className="text-muted">{record.changedBy?.displayName}</span>
                    </>
                  ),
                },
              ]}
            />
            {!(single && records.length > 0) && (
              <Button className="justify-self-start" onClick={() => setEditing('new')}>
                Add {/^[aeiou]/.test(register.one) ? 'an' : 'a'} {register.one}
              </Button>
            )}
            {editing !== undefined && (
              <RecordDialog
                register={register}
                record={editing === 'new' ? undefined : editing}
                onClose={() => setEditing(undefined)}
              />
            )}
          </>
        )}
      </QueryState>
    </Section>
  )
}

/** A date of a review that is past says so: a register is for that. */
function FieldValue({ name, content }: { name: string; content: Readonly<Record<string, string>> }) {
  const text = content[name] ?? ''
  const overdue =
    name === 'reviewDue' &&
    content.state !== 'closed' &&
    text !== '' &&
    text < new Date().toISOString().slice(0, 10)
  return (
    <>
      <Untrusted text={text} />
      {overdue && <span className="font-medium text-bad"> overdue</span>}
    </>
  )
}

/** A form for one record: a new one, or the next version of one that is there. */
export function RecordDialog({
  register,
  record,
  start,
  onClose,
}: {
  register: Register
  record: Pick<GovernanceRecordView, 'id' | 'content' | 'version'> | undefined
  /** What a new one, or a new version, begins with. */
  start?: Record<string, string>
  onClose: () => void
}) {
  const client = useQueryClient()
  const [content, setContent] = useState<Record<string, string>>(
    () =>
      start ??
      record?.content ??
      Object.fromEntries(register.fields.map(field => [field.name, field.choices?.[0] ?? ''])),
  )
  const save = async () => {
    if (record === undefined) await addRecord(register.kind, content)
    else await changeRecord(register.kind, record.id, record.version, content)
    await client.invalidateQueries({ queryKey: ['governance'] })
    toast('Saved. The earlier version stays, and the ledger has its digest.')
    onClose()
  }
  return (
    <FormDialog
      title={record === undefined ? `New ${register.one}` : `Change this ${register.one}`}
      action="Save"
      send={save}
      onClose={onClose}
      wide
    >
      {register.fields.map(field => (
        <RecordInput
          key={field.name}
          field={field}
          value={content[field.name] ?? ''}
          onChange={value => setContent({ ...content, [field.name]: value })}
        />
      ))}
    </FormDialog>
  )
}

function RecordInput({
  field,
  value,
  onChange,
}: {
  field: RecordField
  value: string
  onChange: (value: string) => void
}) {
  const { label, hint } = field
  if (field.choices !== undefined)
    return (
      <SelectField
        label={label}
        value={value}
        onChange={event => onChange(event.target.value)}
        options={field.choices.map(choice => ({ value: choice, label: choice }))}
      />
    )
  if (field.kind === 'text')
    return (
      <TextAreaField
        label={label}
        hint={hint}
        rows={field.name === 'text' ? 14 : field.name === 'answer' ? 8 : 3}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    )
  return (
    <TextField
      label={label}
      hint={hint}
      type={field.kind === 'day' ? 'date' : 'text'}
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  )
}
