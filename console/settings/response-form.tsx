import { useState } from 'react'
import type { ChangeSettingsBody, ResponsePolicyView } from '../../src/http/contract-respond.ts'
import { failureText } from '../api/request.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { ChoiceList } from '../components/choice-list.tsx'
import { inputClass, SelectField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { RowList } from '../components/row-list.tsx'
import { type Command, CommandFields } from './command-fields.tsx'
import { type Ticket, TicketFields } from './ticket-fields.tsx'

type Settings = ChangeSettingsBody['settings']
type Asset = NonNullable<Settings['protectedAssets']>[number]
type Quiet = NonNullable<Settings['quietHours']>[number]

const kinds: Readonly<Record<Asset['kind'], string>> = {
  host: 'host',
  account: 'account',
  path: 'path',
  address: 'address or network',
  process: 'process',
  'mail-address': 'mail address',
  'mail-domain': 'mail domain',
}

/** Limits that are numbers: a label, what holds where nothing is set, and how far they go. */
const limits = [
  { name: 'expiryMinutes', label: 'Proposals stay open for (minutes)', otherwise: 240, min: 5, max: 10_080 },
  { name: 'stepUpMinutes', label: 'Proof of identity counts for (minutes)', otherwise: 5, min: 1, max: 60 },
  {
    name: 'newRightHours',
    label: 'A new right counts after (hours)',
    otherwise: 24,
    min: 0,
    max: 720,
  },
] as const

/** The console's own settings about actions. What loosens the rules waits for a second admin; the server says what does. */
export function ResponseForm({
  policy,
  busy,
  error,
  onSave,
  onCancel,
}: {
  policy: ResponsePolicyView
  busy: boolean
  error: Error | null
  onSave: (body: ChangeSettingsBody) => void
  onCancel: () => void
}) {
  const start: Settings = policy.waiting ?? policy.console
  const [assets, setAssets] = useState<readonly Asset[]>(start.protectedAssets ?? [])
  const [quiet, setQuiet] = useState<readonly Quiet[]>(start.quietHours ?? [])
  const [approvals, setApprovals] = useState<Readonly<Record<string, number>>>(start.approvals ?? {})
  const [review, setReview] = useState<Readonly<Record<string, number>>>(start.reviewAfterHours ?? {})
  const [dryRun, setDryRun] = useState(start.dryRun ?? false)
  const [numbers, setNumbers] = useState<Readonly<Record<string, number>>>(
    Object.fromEntries(
      limits.flatMap(({ name }) => {
        const value = start[name]
        return value === undefined ? [] : [[name, value] as const]
      }),
    ),
  )
  const [commands, setCommands] = useState<readonly Command[]>(start.commands ?? [])
  const [tickets, setTickets] = useState<readonly Ticket[]>(start.tickets ?? [])
  const [reason, setReason] = useState('')
  const save = () =>
    onSave({
      reason,
      settings: {
        ...numbers,
        ...(dryRun ? { dryRun } : {}),
        protectedAssets: [...assets],
        quietHours: [...quiet],
        approvals,
        reviewAfterHours: review,
        commands: [...commands],
        tickets: [...tickets],
      },
    })
  return (
    <Form aria-label="Response settings" className="grid grid-cols-1 gap-6" onSubmit={save}>
      <CheckField checked={dryRun} onChange={setDryRun}>
        Dry run: show what would be sent, and send nothing
      </CheckField>
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        {limits.map(({ name, label, otherwise, min, max }) => (
          <TextField
            key={name}
            label={label}
            type="number"
            min={min}
            max={max}
            placeholder={String(otherwise)}
            value={numbers[name] ?? ''}
            onChange={event => setNumbers(withNumber(numbers, name, event.target.value))}
          />
        ))}
      </div>
      <RowList<Asset>
        legend="Protected assets"
        hint="Refused whoever asks. A path, host or account may end in *, an address may be a network such as 10.0.0.0/8."
        rows={assets}
        blank={() => ({ kind: 'host', value: '', why: '' })}
        add="Protect another"
        nameOf={(row, at) => row.value || `asset ${at + 1}`}
        onChange={setAssets}
        fields={(row, change) => (
          <>
            <SelectField
              label="Kind"
              value={row.kind}
              onChange={event => change({ kind: event.target.value as Asset['kind'] })} // Its options are the kinds.
              options={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
            />
            <TextField
              label="Value"
              required
              maxLength={300}
              value={row.value}
              onChange={event => change({ value: event.target.value })}
            />
            <TextField
              label="Why"
              required
              maxLength={300}
              value={row.why}
              onChange={event => change({ why: event.target.value })}
            />
          </>
        )}
      />
      <RowList<Quiet>
        card
        legend="Quiet hours"
        hint="In these hours (UTC) the actions that you tick wait. To may be earlier than from: over night."
        rows={quiet}
        blank={() => ({ from: '22:00', to: '06:00', actions: ['isolate-host'] })}
        add="Add quiet hours"
        nameOf={row => `Quiet from ${row.from} to ${row.to}`}
        onChange={setQuiet}
        fields={(row, change) => (
          <>
            <div className="flex flex-wrap gap-3">
              <TextField
                label="From"
                type="time"
                required
                value={row.from}
                onChange={event => change({ from: event.target.value })}
              />
              <TextField
                label="To"
                type="time"
                required
                value={row.to}
                onChange={event => change({ to: event.target.value })}
              />
            </div>
            <ChoiceList
              legend="Actions that wait"
              options={policy.actions.map(({ name, title }) => ({ value: name, label: title }))}
              chosen={row.actions}
              onChange={chosen => change({ actions: [...chosen] })}
            />
          </>
        )}
      />
      <fieldset className="grid min-w-0 grid-cols-1 gap-1">
        <legend className="mb-1 font-medium">Approvers and review</legend>
        <p className="text-xs text-muted">
          More approvers than an action takes by itself; fewer is never taken. After so many hours a
          containment that still stands is brought up again with its rollback prepared.
        </p>
        {policy.actions.map(action => (
          <div key={action.name} className="grid grid-cols-[minmax(0,1fr)_6rem_6rem] items-center gap-2">
            <span>{action.title}</span>
            <input
              type="number"
              min={1}
              max={5}
              aria-label={`Approvers of ${action.title}`}
              placeholder={String(action.approvers)}
              className={inputClass}
              value={approvals[action.name] ?? ''}
              onChange={event => setApprovals(withNumber(approvals, action.name, event.target.value))}
            />
            {action.effect === 'reversible' && (
              <input
                type="number"
                min={1}
                aria-label={`Hours until ${action.title} is reviewed`}
                placeholder="hours"
                className={inputClass}
                value={review[action.name] ?? ''}
                onChange={event => setReview(withNumber(review, action.name, event.target.value))}
              />
            )}
          </div>
        ))}
      </fieldset>
      <CommandFields commands={commands} onChange={setCommands} />
      <TicketFields tickets={tickets} onChange={setTickets} />
      <TextField
        label="Why this change"
        required
        maxLength={2000}
        value={reason}
        error={error === null ? undefined : failureText(error)}
        onChange={event => setReason(event.target.value)}
      />
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={busy} disabled={reason.trim() === ''}>
          Save
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </Form>
  )
}

function withNumber(record: Readonly<Record<string, number>>, name: string, text: string) {
  const { [name]: _, ...others } = record
  return text === '' ? others : { ...others, [name]: Number(text) }
}
