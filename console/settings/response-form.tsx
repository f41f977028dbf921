import { useState } from 'react'
import type { ChangeSettingsBody, ResponsePolicyView } from '../../src/http/contract-respond.ts'
import { failureText } from '../api/request.ts'
import { Button } from '../components/button.tsx'
import { CodeEditor } from '../components/code-editor.tsx'
import { Field, inputClass, SelectField, TextField } from '../components/field.tsx'

type Settings = ChangeSettingsBody['settings']
type Asset = NonNullable<Settings['protectedAssets']>[number]
type Quiet = NonNullable<Settings['quietHours']>[number]

const kinds = ['host', 'account', 'path', 'address', 'process', 'mail-address', 'mail-domain'] as const

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
  const [expiry, setExpiry] = useState(String(start.expiryMinutes ?? ''))
  const [proof, setProof] = useState(String(start.stepUpMinutes ?? ''))
  const [lists, setLists] = useState(
    JSON.stringify({ commands: start.commands ?? [], tickets: start.tickets ?? [] }, null, 2),
  )
  const [reason, setReason] = useState('')
  const [wrong, setWrong] = useState<string>()
  const save = () => {
    let read: Pick<Settings, 'commands' | 'tickets'>
    try {
      read = JSON.parse(lists) as Pick<Settings, 'commands' | 'tickets'> // The server checks it against the schema.
    } catch (failure) {
      return setWrong(`Commands and receivers are no JSON: ${failureText(failure)}`)
    }
    setWrong(undefined)
    onSave({
      reason,
      settings: {
        ...read,
        protectedAssets: [...assets],
        quietHours: [...quiet],
        approvals,
        reviewAfterHours: review,
        ...(dryRun ? { dryRun } : {}),
        ...(expiry === '' ? {} : { expiryMinutes: Number(expiry) }),
        ...(proof === '' ? {} : { stepUpMinutes: Number(proof) }),
      },
    })
  }
  const change = <T,>(list: readonly T[], at: number, part: Partial<T>) =>
    list.map((each, index) => (index === at ? { ...each, ...part } : each))
  return (
    <form
      aria-label="Response settings"
      className="grid grid-cols-1 gap-4"
      onSubmit={event => {
        event.preventDefault()
        save()
      }}
    >
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={dryRun} onChange={event => setDryRun(event.target.checked)} />
        Dry run: show what would be sent, and send nothing
      </label>
      <div className="flex flex-wrap gap-3">
        <TextField
          label="Proposals stay open for (minutes)"
          type="number"
          min={5}
          max={10_080}
          placeholder="240"
          value={expiry}
          onChange={event => setExpiry(event.target.value)}
        />
        <TextField
          label="Proof of identity counts for (minutes)"
          type="number"
          min={1}
          max={60}
          placeholder="5"
          value={proof}
          onChange={event => setProof(event.target.value)}
        />
      </div>
      <fieldset className="grid gap-2">
        <legend className="font-medium">Protected assets</legend>
        {assets.map((asset, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place while they are edited.
          <div key={at} className="flex flex-wrap items-end gap-2">
            <SelectField
              label="Kind"
              value={asset.kind}
              onChange={event => setAssets(change(assets, at, { kind: event.target.value as Asset['kind'] }))}
              options={kinds.map(value => ({ value, label: value }))}
            />
            <TextField
              label="Value"
              required
              value={asset.value}
              onChange={event => setAssets(change(assets, at, { value: event.target.value }))}
            />
            <TextField
              label="Why"
              required
              value={asset.why}
              onChange={event => setAssets(change(assets, at, { why: event.target.value }))}
            />
            <Button look="quiet" onClick={() => setAssets(assets.filter((_, index) => index !== at))}>
              Remove
            </Button>
          </div>
        ))}
        <Button
          className="justify-self-start"
          onClick={() => setAssets([...assets, { kind: 'host', value: '', why: '' }])}
        >
          Protect another
        </Button>
        <p className="text-xs text-muted">
          A path, host or account may end in *, an address may be a network such as 10.0.0.0/8.
        </p>
      </fieldset>
      <fieldset className="grid gap-2">
        <legend className="font-medium">Quiet hours (UTC)</legend>
        {quiet.map((hours, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <div key={at} className="flex flex-wrap items-end gap-2">
            <TextField
              label="From"
              type="time"
              required
              value={hours.from}
              onChange={event => setQuiet(change(quiet, at, { from: event.target.value }))}
            />
            <TextField
              label="To"
              type="time"
              required
              value={hours.to}
              onChange={event => setQuiet(change(quiet, at, { to: event.target.value }))}
            />
            <TextField
              label="Actions that wait"
              required
              value={hours.actions.join(' ')}
              onChange={event => setQuiet(change(quiet, at, { actions: event.target.value.split(' ') }))}
            />
            <Button look="quiet" onClick={() => setQuiet(quiet.filter((_, index) => index !== at))}>
              Remove
            </Button>
          </div>
        ))}
        <Button
          className="justify-self-start"
          onClick={() => setQuiet([...quiet, { from: '22:00', to: '06:00', actions: ['isolate-host'] }])}
        >
          Add quiet hours
        </Button>
      </fieldset>
      <fieldset className="grid gap-1">
        <legend className="font-medium">Approvers and review</legend>
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
      <Field
        label="Commands and receivers"
        hint="Active-response commands of your own with their arguments, and ticket systems. Secrets are named by variables TOCSIN_HOOK_…, never written here."
      >
        {() => (
          <CodeEditor label="Commands and receivers" language="text" value={lists} onChange={setLists} />
        )}
      </Field>
      <TextField
        label="Why this change"
        required
        maxLength={2000}
        value={reason}
        error={wrong ?? (error === null ? undefined : failureText(error))}
        onChange={event => setReason(event.target.value)}
      />
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={busy} disabled={reason.trim() === ''}>
          Save
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  )
}

function withNumber(record: Readonly<Record<string, number>>, name: string, text: string) {
  const { [name]: _, ...others } = record
  return text === '' ? others : { ...others, [name]: Number(text) }
}
