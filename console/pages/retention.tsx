import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RetentionView } from '../../src/http/contract-retention.ts'
import { changeRetention, holdCase, liftHold, readRetention } from '../api/retention.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { inputClass, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { CaseLink } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { Erasure } from '../governance/erasure.tsx'

type Kind = keyof RetentionView['days']

const kinds: readonly { readonly kind: Kind; readonly title: string; readonly note: string }[] = [
  {
    kind: 'closed-cases',
    title: 'Closed cases',
    note: 'with their alerts, briefs and notes, since the last alert',
  },
  {
    kind: 'chats',
    title: 'Chats',
    note: 'with the assistant, their attachments too, since the last question',
  },
  { kind: 'mails', title: 'Mails', note: 'reported and passing ones, as received' },
  { kind: 'threat-reports', title: 'Threat reports', note: 'with the text that was read' },
  { kind: 'quarantine', title: 'Quarantine', note: 'what could not be read' },
  { kind: 'account-events', title: 'Account events', note: 'sign-ins, changes of roles' },
  {
    kind: 'alert-counts',
    title: 'Daily counts',
    note: 'how often each rule fired: what “unusual” is measured by',
  },
  { kind: 'dead-jobs', title: 'Failed jobs', note: 'work that failed for good' },
]

/** How long data is kept, what must not be deleted, and what must. */
export function Page() {
  const query = useQuery({ queryKey: ['retention'], queryFn: ({ signal }) => readRetention(signal) })
  const mayErase = useMay('admin')
  return (
    <>
      <PageHeading title="Retention" />
      <div className="grid max-w-4xl gap-8 px-4 pb-8">
        <QueryState query={query} what="How long data is kept">
          {view => (
            <>
              <Periods view={view} />
              <Holds view={view} />
            </>
          )}
        </QueryState>
        {mayErase && <Erasure />}
      </div>
    </>
  )
}

function Periods({ view }: { view: RetentionView }) {
  const client = useQueryClient()
  const mayChange = useMay('admin')
  const [draft, setDraft] = useState<Partial<Record<Kind, string>>>({})
  const textOf = (kind: Kind) => draft[kind] ?? view.days[kind]?.toString() ?? ''
  const wrong = kinds.find(({ kind }) => !/^([1-9]\d{0,4})?$/.test(textOf(kind)))
  const save = useMutation({
    mutationFn: () =>
      changeRetention(
        Object.fromEntries(
          kinds.map(({ kind }) => [kind, textOf(kind) === '' ? null : Number(textOf(kind))]),
        ) as RetentionView['days'], // Every kind is in the list above.
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['retention'] })
      setDraft({})
      toast('Saved, and written to the ledger.')
    },
    onError: error => toastFailure('Not saved', error),
  })
  return (
    <Section title="How long data is kept">
      <p className="text-muted">
        A worker deletes once an hour what is older. The ledger is kept whole: of a deleted case it keeps
        entries whose content nobody can read any more.{' '}
        {view.changed === null ? (
          'These are the defaults.'
        ) : (
          <>
            Set by {view.changed.by?.displayName ?? 'the command line'}, <Moment atMs={view.changed.atMs} />.
          </>
        )}
      </p>
      <DataTable
        label="Days by kind of record"
        rows={kinds}
        rowKey={({ kind }) => kind}
        empty=""
        columns={[
          {
            title: 'Kind',
            cell: ({ title, note }) => (
              <>
                <span className="font-medium">{title}</span>
                <span className="block text-xs text-muted">{note}</span>
              </>
            ),
          },
          {
            title: 'Days',
            cell: ({ kind, title }) =>
              mayChange ? (
                <input
                  className={`${inputClass} min-w-20 max-w-28`}
                  inputMode="numeric"
                  aria-label={`Days that ${title.toLowerCase()} are kept; empty: for ever`}
                  aria-invalid={wrong?.kind === kind || undefined}
                  placeholder="for ever"
                  value={textOf(kind)}
                  onChange={event => setDraft({ ...draft, [kind]: event.target.value.trim() })}
                />
              ) : (
                (view.days[kind] ?? 'for ever')
              ),
          },
          { title: 'Due now', cell: ({ kind }) => <span className="tabular-nums">{view.due[kind]}</span> },
        ]}
      />
      {mayChange && Object.keys(draft).length > 0 && (
        <div className="flex items-center gap-2">
          <Button
            look="primary"
            busy={save.isPending}
            disabled={wrong !== undefined}
            onClick={() => save.mutate()}
          >
            Save
          </Button>
          <Button onClick={() => setDraft({})}>Discard</Button>
          {wrong !== undefined && (
            <span role="alert" className="text-bad">
              {wrong.title}: a number of days from 1 to 36,500, or nothing for ever.
            </span>
          )}
        </div>
      )}
    </Section>
  )
}

function Holds({ view }: { view: RetentionView }) {
  const client = useQueryClient()
  const mayLift = useMay('admin')
  const [caseId, setCaseId] = useState('')
  const [reason, setReason] = useState('')
  const renew = () => client.invalidateQueries({ queryKey: ['retention'] })
  const hold = useMutation({
    mutationFn: () => holdCase(caseId.trim(), reason.trim()),
    onSuccess: async () => {
      await renew()
      setCaseId('')
      setReason('')
      toast('The case is held.')
    },
    onError: error => toastFailure('Not held', error),
  })
  const lift = useMutation({
    mutationFn: liftHold,
    onSuccess: renew,
    onError: error => toastFailure('Not lifted', error),
  })
  return (
    <Section title="Legal holds">
      <DataTable
        label="Held cases"
        rows={view.holds}
        rowKey={({ caseId: id }) => id}
        empty="No case is held. A held case is deleted neither by age nor by an erasure."
        columns={[
          {
            title: 'Case',
            cell: each => <CaseLink id={each.caseId} title={each.title ?? each.caseId} />,
          },
          { title: 'Reason', cell: each => <Untrusted text={each.reason} /> },
          {
            title: 'Since',
            cell: each => (
              <>
                <Moment atMs={each.atMs} /> <span className="text-muted">{each.by?.displayName}</span>
              </>
            ),
          },
          {
            title: 'Lift',
            hidden: true,
            cell: each =>
              mayLift && (
                <Button look="quiet" onClick={() => lift.mutate(each.caseId)}>
                  Lift
                </Button>
              ),
          },
        ]}
      />
      <Form className="flex flex-wrap items-end gap-2" onSubmit={() => hold.mutate()}>
        <TextField label="Case id" value={caseId} onChange={event => setCaseId(event.target.value)} />
        <TextField label="Reason" value={reason} onChange={event => setReason(event.target.value)} />
        <Button
          type="submit"
          busy={hold.isPending}
          disabled={caseId.trim() === '' || reason.trim().length < 3}
        >
          Hold this case
        </Button>
      </Form>
    </Section>
  )
}
