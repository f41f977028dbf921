import type { ChangeSettingsBody } from '../../src/http/contract-respond.ts'
import { SelectField, TextField, WordsField } from '../components/field.tsx'
import { RowList } from '../components/row-list.tsx'
import { ActionNameFields, ApproversField } from './allowed-action-fields.tsx'

export type Ticket = NonNullable<ChangeSettingsBody['settings']['tickets']>[number]

const formats = [
  { value: 'json', label: 'JSON of Tocsin' },
  { value: 'jira', label: 'Jira issue' },
  { value: 'servicenow', label: 'ServiceNow incident' },
] as const

const secretPattern = 'TOCSIN_HOOK_[A-Z0-9_]{1,60}'

/** Ticket systems and other receivers, which people may propose to tell. */
export function TicketFields({
  tickets,
  onChange,
}: {
  tickets: readonly Ticket[]
  onChange: (tickets: readonly Ticket[]) => void
}) {
  return (
    <RowList<Ticket>
      card
      legend="Ticket systems and other receivers"
      hint="Facts of a case leave the house there, so telling one takes approval like any action. Secrets are named by a variable of the server, never written here."
      rows={tickets}
      blank={(): Ticket => ({ name: '', title: '', url: '', format: 'json', approvers: 1 })}
      add="Allow a receiver"
      nameOf={(row, at) => row.title || `Receiver ${at + 1}`}
      onChange={onChange}
      fields={(row, change) => {
        /** A field that may be left out. */
        const optional = (name: 'signingKey' | 'authorization' | 'project' | 'issueType') => ({
          value: row[name] ?? '',
          onChange: (event: { target: { value: string } }) =>
            change({ [name]: event.target.value === '' ? undefined : event.target.value }),
        })
        return (
          <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <ActionNameFields row={row} change={change} />
            <TextField
              label="Address"
              type="url"
              required
              value={row.url}
              onChange={event => change({ url: event.target.value })}
            />
            <SelectField
              label="Takes"
              value={row.format ?? 'json'}
              onChange={event => change({ format: event.target.value as NonNullable<Ticket['format']> })} // Its options are these.
              options={formats}
            />
            {row.format === 'jira' && (
              <>
                <TextField label="Project" required maxLength={50} {...optional('project')} />
                <TextField
                  label="Type of issue"
                  placeholder="Task"
                  maxLength={50}
                  {...optional('issueType')}
                />
              </>
            )}
            <TextField
              label="Variable with the signing key"
              hint="Signs each request (HMAC-SHA-256). May be empty."
              placeholder="TOCSIN_HOOK_…"
              pattern={secretPattern}
              {...optional('signingKey')}
            />
            <TextField
              label="Variable with the Authorization header"
              hint="Sent whole. May be empty."
              placeholder="TOCSIN_HOOK_…"
              pattern={secretPattern}
              {...optional('authorization')}
            />
            <WordsField
              label="Networks it may be in"
              hint="Besides public ones, with commas between: 10.1.0.0/16."
              words={row.networks ?? []}
              onWords={networks => change({ networks })}
            />
            <ApproversField row={row} change={change} />
          </div>
        )
      }}
    />
  )
}
