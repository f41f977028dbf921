import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { InventoryList } from '../../src/http/contract-trust.ts'
import { useMay } from '../api/session.ts'
import {
  deleteInventoryList,
  type InventoryKind,
  putInventoryList,
  readInventory,
  readInventoryList,
} from '../api/trust.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { Complaint } from '../components/complaint.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Dialog } from '../components/dialog.tsx'
import { FileField, SelectField, TextAreaField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'

const kindWords: Readonly<Record<InventoryKind, string>> = {
  hosts: 'Hosts',
  users: 'Accounts',
  domains: 'Domains',
  addresses: 'Addresses and networks',
  groups: 'Groups',
  terms: 'Other words: projects, customers',
}
const kinds = Object.entries(kindWords).map(([value, label]) => ({ value, label }))

/** Names of your own that no model outside may read: learned from alerts, and uploaded here. */
export function InventorySection() {
  const client = useQueryClient()
  const mayChange = useMay('admin')
  const [editing, setEditing] = useState<InventoryList | 'new'>()
  const [viewing, setViewing] = useState<InventoryList>()
  const query = useQuery({ queryKey: ['inventory'], queryFn: ({ signal }) => readInventory(signal) })
  const remove = useMutation({
    mutationFn: deleteInventoryList,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['inventory'] })
      toast('Removed. From the next question on it counts no more.')
    },
    onError: error => toastFailure('The list was not removed', error),
  })
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-[44rem] text-muted">
          Placeholders stand in for these names before anything leaves, and a request that still holds one is
          stopped. Hosts, accounts and addresses are learned from your alerts; upload what they do not tell.
        </p>
        {mayChange && <Button onClick={() => setEditing('new')}>Upload a list</Button>}
      </div>
      <QueryState query={query} what="The inventory">
        {({ lists, inForce }) => (
          <>
            <dl className="tabular flex flex-wrap gap-x-6 gap-y-1">
              {(Object.keys(kindWords) as InventoryKind[]).map(kind => (
                <div key={kind} className="flex gap-1.5">
                  <dt className="text-muted">{kindWords[kind]}</dt>
                  <dd className="font-medium">{inForce[kind].toLocaleString('en')}</dd>
                </div>
              ))}
            </dl>
            <DataTable<InventoryList>
              label="Uploaded lists"
              rows={lists}
              rowKey={list => list.name}
              empty="No list was uploaded. What alerts tell is in force."
              columns={[
                {
                  title: 'List',
                  cell: list => (
                    <LinkButton className="font-medium" onClick={() => setViewing(list)}>
                      {visibleText(list.name)}
                    </LinkButton>
                  ),
                },
                { title: 'Of', cell: list => kindWords[list.kind] },
                {
                  title: 'Entries',
                  cell: list => <span className="tabular">{list.entryCount.toLocaleString('en')}</span>,
                },
                { title: 'By', cell: list => visibleText(list.updatedBy) },
                { title: 'On', cell: list => <Moment atMs={list.updatedMs} /> },
                ...(mayChange
                  ? [
                      {
                        title: 'Actions',
                        hidden: true as const,
                        cell: (list: InventoryList) => (
                          <span className="flex gap-1">
                            <Button onClick={() => setEditing(list)}>Replace</Button>
                            <Button
                              look="danger"
                              busy={remove.isPending && remove.variables === list.name}
                              onClick={() => remove.mutate(list.name)}
                            >
                              Remove
                            </Button>
                          </span>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          </>
        )}
      </QueryState>
      {editing !== undefined && (
        <UploadDialog
          replaced={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      {viewing !== undefined && <EntriesDialog list={viewing} onClose={() => setViewing(undefined)} />}
    </div>
  )
}

function UploadDialog({ replaced, onClose }: { replaced: InventoryList | undefined; onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState(replaced?.name ?? '')
  const [kind, setKind] = useState<InventoryKind>(replaced?.kind ?? 'hosts')
  const [text, setText] = useState('')
  const upload = useMutation({
    mutationFn: () => putInventoryList({ name: name.trim(), kind, text }),
    onSuccess: async ({ list, problems }) => {
      await client.invalidateQueries({ queryKey: ['inventory'] })
      toast(`In force from the next question on: ${count(list.entryCount, 'value')}.`)
      if (problems.length === 0) onClose()
    },
  })
  const problems = upload.data?.problems ?? []
  return (
    <Dialog title={replaced === undefined ? 'Upload a list' : `Replace ${replaced.name}`} onClose={onClose}>
      <Form className="grid gap-3" onSubmit={() => upload.mutate()}>
        <TextField
          label="Name of the list"
          required
          maxLength={64}
          readOnly={replaced !== undefined}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <SelectField
          label="What is in it"
          options={kinds}
          value={kind}
          onChange={event => setKind(event.target.value as InventoryKind)} // One of the options above.
        />
        <FileField
          label="File"
          hint="Text with one entry a line, a CSV (its first column), or a JSON array."
          accept=".txt,.csv,.json,text/plain,text/csv,application/json"
          onFile={async file => {
            setText(await file.text())
            if (name === '') setName(file.name.replace(/\.[^.]+$/, ''))
          }}
        />
        <TextAreaField
          label="Entries"
          hint={`${lineCount(text).toLocaleString('en')} lines`}
          rows={8}
          required
          spellCheck={false}
          className="font-mono"
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <Complaint error={upload.error} />
        {problems.length > 0 && (
          <div role="alert" className="grid gap-1 rounded bg-warn-tint p-2">
            <p>The list is in force, but for these:</p>
            <ul className="list-disc pl-4">
              {problems.slice(0, 10).map(problem => (
                <li key={`${problem.where} ${problem.message}`}>
                  <Untrusted text={`${problem.where ?? ''} ${problem.message}`} limit={200} />
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{problems.length > 0 ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" look="primary" busy={upload.isPending}>
            {replaced === undefined ? 'Upload' : 'Replace'}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

const lineCount = (text: string) => text.split('\n').filter(line => line.trim() !== '').length

/** More than a person reads; the rest is in the file that was uploaded. */
const shownEntries = 500

function EntriesDialog({ list, onClose }: { list: InventoryList; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['inventory', list.name, list.updatedMs],
    queryFn: ({ signal }) => readInventoryList(list.name, signal),
  })
  return (
    <Dialog title={list.name} onClose={onClose}>
      <QueryState query={query} what="The list">
        {({ entries }) => (
          <>
            <ul className="max-h-96 overflow-y-auto font-mono text-xs">
              {entries.slice(0, shownEntries).map(entry => (
                <li key={entry}>
                  <Untrusted text={entry} limit={253} />
                </li>
              ))}
            </ul>
            {entries.length > shownEntries && (
              <p className="text-muted">and {(entries.length - shownEntries).toLocaleString('en')} more</p>
            )}
          </>
        )}
      </QueryState>
    </Dialog>
  )
}
