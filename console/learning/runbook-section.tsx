import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RunbookDraftView, RunbookSubjectView, RunbookView } from '../../src/http/contract-runbooks.ts'
import { draftRunbook, improveRunbook, listRunbooks } from '../api/learning.ts'
import { useMay } from '../api/session.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { RecordDialog } from '../governance/register-section.tsx'
import { registers } from '../governance/registers.ts'

const key = ['runbooks']

interface Editing {
  readonly kind: RunbookView['kind']
  readonly record:
    | { readonly id: string; readonly version: number; readonly content: Record<string, string> }
    | undefined
  readonly start: Record<string, string>
}

/** Runbooks and exercises: read by everybody who works on cases, drafted out of decided ones and kept by leads. */
export function RunbookSection() {
  const client = useQueryClient()
  const lead = useMay('approver')
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => listRunbooks(signal) })
  const [reading, setReading] = useState<RunbookView>()
  const [editing, setEditing] = useState<Editing>()
  const draft = useMutation({
    mutationFn: ({ kind, ruleId }: { kind: RunbookView['kind']; ruleId: string }) =>
      draftRunbook(kind, ruleId),
    onSuccess: (made, { kind }) => setEditing({ kind, record: undefined, start: contentOf(made, kind) }),
    onError: error => toastFailure('Not drafted', error),
  })
  const improve = useMutation({
    mutationFn: (document: RunbookView) => improveRunbook(document.ruleId, document.text),
    onSuccess: (made, document) => {
      setReading(undefined)
      setEditing({
        ...editingOf(document),
        start: { ...editingOf(document).start, text: made.text },
      })
    },
    onError: error => toastFailure('Not improved', error),
  })
  return (
    <>
      <QueryState query={query} what="The runbooks">
        {({ documents, subjects }) => (
          <>
            <Section title="Runbooks and exercises">
              <p className="text-muted">
                Without names: what people decided about cases of a rule, and cases to practise on. The answer
                of an exercise is its keeper's.
              </p>
              <DataTable
                label="Runbooks and training exercises"
                rows={documents}
                rowKey={({ id }) => id}
                empty={
                  lead
                    ? 'None is kept yet. Draft one from decided cases below.'
                    : 'None is in use yet. Leads keep them.'
                }
                columns={[
                  {
                    title: 'Title',
                    cell: each => (
                      <LinkButton onClick={() => setReading(each)}>
                        <Untrusted text={each.title} />
                      </LinkButton>
                    ),
                  },
                  { title: 'Kind', cell: each => each.kind },
                  { title: 'Rule', cell: each => <Untrusted text={each.ruleId} /> },
                  { title: 'State', cell: each => each.state.replace('-', ' ') },
                  { title: 'Version', cell: each => each.version },
                  { title: 'Last change', cell: each => <Moment atMs={each.changedMs} /> },
                ]}
              />
            </Section>
            {lead && (
              <Subjects
                subjects={subjects}
                busy={draft.isPending}
                onDraft={(kind, ruleId) => draft.mutate({ kind, ruleId })}
              />
            )}
          </>
        )}
      </QueryState>
      {reading !== undefined && (
        <Dialog title={reading.title} onClose={() => setReading(undefined)} wide>
          <div className="grid gap-3">
            <Untrusted text={reading.text} limit={50_000} layout />
            {reading.answer !== null && (
              <details>
                <summary className="cursor-pointer font-semibold">Answer</summary>
                <Untrusted text={reading.answer} limit={50_000} layout />
              </details>
            )}
            {lead && (
              <div className="flex flex-wrap gap-2">
                <Button
                  onClick={() => {
                    setEditing(editingOf(reading))
                    setReading(undefined)
                  }}
                >
                  Write the next version
                </Button>
                {reading.kind === 'runbook' && (
                  <Button busy={improve.isPending} onClick={() => improve.mutate(reading)}>
                    Ask a model what it lacks
                  </Button>
                )}
              </div>
            )}
          </div>
        </Dialog>
      )}
      {editing !== undefined && (
        <RecordDialog
          register={registers[editing.kind]}
          record={editing.record}
          start={editing.start}
          onClose={() => {
            setEditing(undefined)
            void client.invalidateQueries({ queryKey: key })
          }}
        />
      )}
    </>
  )
}

function Subjects({
  subjects,
  busy,
  onDraft,
}: {
  subjects: readonly RunbookSubjectView[]
  busy: boolean
  onDraft: (kind: RunbookView['kind'], ruleId: string) => void
}) {
  return (
    <Section title="Draft from decided cases">
      <DataTable
        label="Rules with decided cases"
        rows={subjects}
        rowKey={({ ruleId }) => ruleId}
        empty="Nobody has decided a case within a year."
        columns={[
          {
            title: 'Rule',
            cell: each => <Untrusted text={`${each.ruleId}: ${each.description}`} />,
          },
          { title: 'Decided cases', cell: each => each.cases },
          { title: 'Attacks', cell: each => each.attacks },
          {
            title: 'Draft',
            hidden: true,
            cell: each => (
              <span className="flex flex-wrap gap-1">
                <Button busy={busy} onClick={() => onDraft('runbook', each.ruleId)}>
                  Runbook
                </Button>
                <Button busy={busy} onClick={() => onDraft('exercise', each.ruleId)}>
                  Exercise
                </Button>
              </span>
            ),
          },
        ]}
      />
    </Section>
  )
}

function contentOf(draft: RunbookDraftView, kind: RunbookView['kind']): Record<string, string> {
  const { title, ruleId, text, answer } = draft
  return { title, ruleId, state: 'draft', text, ...(kind === 'exercise' ? { answer: answer ?? '' } : {}) }
}

function editingOf({ kind, id, version, title, ruleId, state, text, answer }: RunbookView): Editing {
  const content = { title, ruleId, state, text, ...(kind === 'exercise' ? { answer: answer ?? '' } : {}) }
  return { kind, record: { id, version, content }, start: content }
}
