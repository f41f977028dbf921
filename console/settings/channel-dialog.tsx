import { useState } from 'react'
import type { ChannelBody, ChannelRecord, ChannelReply } from '../../src/http/contract-notifications.ts'
import { changeChannel, createChannel } from '../api/notifications.ts'
import { roleOrder } from '../api/session.ts'
import { ChoiceList } from '../components/choice-list.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { eventWords, kindWords } from './notification-words.ts'

type Target = ChannelBody['target']
type Kind = Target['kind']
type Event = ChannelBody['events'][number]

const offered = (Object.keys(eventWords) as Event[]).filter(event => event !== 'test') // The keys of its own type.
const severities = ['low', 'medium', 'high', 'critical'] as const

/** A channel, new or changed. What is secret can be written and not read: left empty it stays as it is. */
export function ChannelDialog({
  channel,
  onClose,
  onSaved,
}: {
  channel: ChannelRecord | undefined
  onClose: () => void
  onSaved: (reply: ChannelReply) => Promise<void>
}) {
  const [name, setName] = useState(channel?.name ?? '')
  const [kind, setKind] = useState<Kind>(channel?.kind ?? 'email')
  const [events, setEvents] = useState<readonly Event[]>(
    channel?.events ?? ['approval-waiting', 'critical-case'],
  )
  const [minimumSeverity, setMinimum] = useState<(typeof severities)[number]>(
    channel?.minimumSeverity ?? 'low',
  )
  const [detail, setDetail] = useState<'link' | 'redacted'>(channel?.detail ?? 'link')
  const [target, setTarget] = useState<Readonly<Record<string, string>>>({
    port: '587',
    security: 'starttls',
  })
  const retarget =
    channel === undefined || Object.keys(target).some(key => !['port', 'security'].includes(key))
  const save = async () => {
    const common = { name: name.trim(), events: [...events], minimumSeverity, detail }
    await onSaved(
      channel === undefined
        ? await createChannel({ ...common, target: targetOf(kind, target) })
        : await changeChannel(channel.id, {
            ...common,
            ...(retarget ? { target: targetOf(kind, target) } : {}),
          }),
    )
  }
  return (
    <FormDialog
      title={channel === undefined ? 'New channel' : `Change ${channel.name}`}
      action="Save"
      ready={events.length > 0}
      send={save}
      onClose={onClose}
    >
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      {channel === undefined && (
        <SelectField
          label="Kind"
          value={kind}
          onChange={event => setKind(event.target.value as Kind)} // Its options are the kinds.
          options={Object.entries(kindWords).map(([value, label]) => ({ value, label }))}
        />
      )}
      {channel !== undefined && (
        <p className="text-sm text-muted">
          Leads to {channel.shown}. Where it leads is kept sealed: to change it, write it anew.
        </p>
      )}
      <TargetFields kind={kind} values={target} required={channel === undefined} onChange={setTarget} />
      <ChoiceList
        legend="Is told of"
        options={offered.map(value => ({ value, label: eventWords[value] }))}
        chosen={events}
        onChange={setEvents}
      />
      <SelectField
        label="Only cases from this severity up"
        value={minimumSeverity}
        onChange={event => setMinimum(event.target.value as (typeof severities)[number])} // Its options are these.
        options={severities.map(value => ({ value, label: value }))}
      />
      <SelectField
        label="What leaves"
        hint="Names, addresses and secrets never do. Redaction misses some names: choose the link where the channel is not yours."
        value={detail}
        onChange={event => setDetail(event.target.value as 'link' | 'redacted')} // Its options are these.
        options={[
          { value: 'link', label: 'What happened, the severity and a link' },
          { value: 'redacted', label: 'Also the case’s title, redacted' },
        ]}
      />
    </FormDialog>
  )
}

function TargetFields({
  kind,
  values,
  required,
  onChange,
}: {
  kind: Kind
  values: Readonly<Record<string, string>>
  required: boolean
  onChange: (values: Readonly<Record<string, string>>) => void
}) {
  const field = (name: string) => ({
    value: values[name] ?? '',
    onChange: (event: { target: { value: string } }) => onChange({ ...values, [name]: event.target.value }),
  })
  if (kind !== 'email')
    return (
      <>
        <TextField
          label="Address of the webhook"
          hint="Whoever knows it can write there: it is sealed, and shown to nobody again."
          type="url"
          autoComplete="off"
          required={required}
          {...field('url')}
        />
        {kind === 'webhook' && (
          <TextField
            label="Signing secret"
            hint="At least 24 characters; left empty, Tocsin makes one and shows it once."
            type="password"
            autoComplete="new-password"
            minLength={24}
            {...field('secret')}
          />
        )}
      </>
    )
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)_6rem_8rem] gap-2 max-sm:grid-cols-1">
        <TextField label="Mail server" autoComplete="off" required={required} {...field('host')} />
        <TextField label="Port" inputMode="numeric" required={required} {...field('port')} />
        <SelectField
          label="Security"
          {...field('security')}
          options={[
            { value: 'starttls', label: 'STARTTLS' },
            { value: 'tls', label: 'TLS' },
            { value: 'none', label: 'none (this machine)' },
          ]}
        />
      </div>
      <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
        <TextField label="User" autoComplete="off" {...field('user')} />
        <TextField label="Password" type="password" autoComplete="new-password" {...field('password')} />
      </div>
      <TextField label="From" type="email" required={required} {...field('from')} />
      <TextField label="To" hint="Addresses, separated by commas." {...field('to')} />
      <SelectField
        label="Also to everybody of a role"
        hint="Who has a mail address in their account."
        {...field('role')}
        options={[{ value: '', label: 'nobody else' }, ...roleOrder.map(value => ({ value, label: value }))]}
      />
    </>
  )
}

function targetOf(kind: Kind, values: Readonly<Record<string, string>>): Target {
  if (kind === 'email') {
    const { user, password, role } = values
    return {
      kind,
      host: (values.host ?? '').trim(),
      port: Number(values.port),
      security: (values.security ?? 'starttls') as 'tls' | 'starttls' | 'none', // The options of its field.
      ...(user ? { user, password: password ?? '' } : {}),
      from: (values.from ?? '').trim(),
      to: (values.to ?? '').split(',').flatMap(address => (address.trim() === '' ? [] : [address.trim()])),
      roles: role ? [role as (typeof roleOrder)[number]] : [], // As above.
    }
  }
  const url = (values.url ?? '').trim()
  return kind === 'webhook'
    ? { kind, url, ...(values.secret ? { secret: values.secret } : {}) }
    : { kind, url }
}
