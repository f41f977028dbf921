import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { LessonDraft, LessonPreviewView } from '../../src/http/contract-learning.ts'
import { previewLesson, saveLesson } from '../api/learning.ts'
import { Button } from '../components/button.tsx'
import { Complaint } from '../components/complaint.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, TextAreaField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { toast } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { verdictLooks, verdictOrder } from '../components/verdict.tsx'
import { count } from '../text/count.ts'

export const emptyLesson: LessonDraft = {
  source: 'written',
  caseId: null,
  scope: 'rule',
  scopeValue: '',
  text: '',
  verdict: null,
  days: 90,
}

const scopes = [
  { value: 'like', label: 'Cases of this title: the same rule on the same host' },
  { value: 'rule', label: 'A rule, by its id' },
  { value: 'host', label: 'A host' },
  { value: 'technique', label: 'A technique (takes a second person)' },
  { value: 'everywhere', label: 'Every case (takes a second person)' },
] as const

/** Writes a lesson in two steps: what to say, then what it would do. It is saved as it was seen. */
export function LessonDialog({ start, onClose }: { start: LessonDraft; onClose: () => void }) {
  const client = useQueryClient()
  const [draft, setDraft] = useState(start)
  const [preview, setPreview] = useState<LessonPreviewView>()
  const change = (part: Partial<LessonDraft>) => {
    setDraft({ ...draft, ...part })
    setPreview(undefined)
  }
  const look = useMutation({ mutationFn: () => previewLesson(draft), onSuccess: setPreview })
  const save = useMutation({
    mutationFn: (digest: string) => saveLesson(draft, digest),
    onSuccess: async ({ state }) => {
      await client.invalidateQueries({ queryKey: ['lessons'] })
      await client.invalidateQueries({ queryKey: ['feedback'] })
      toast(state === 'waiting' ? 'Saved: it waits for a second person.' : 'Saved: it is told from now on.')
      onClose()
    },
  })
  const failure = look.error ?? save.error
  return (
    <Dialog title="Write a lesson" onClose={onClose} wide>
      <Form className="grid gap-3" onSubmit={() => look.mutate()}>
        <SelectField
          label="Told to"
          value={draft.scope}
          onChange={event => {
            const scope = scopes.find(({ value }) => value === event.target.value)?.value ?? 'rule'
            change({ scope, scopeValue: scope === start.scope ? start.scopeValue : '' })
          }}
          options={scopes}
        />
        {draft.scope !== 'everywhere' && (
          <TextField
            label="Which one"
            required
            maxLength={500}
            value={draft.scopeValue}
            onChange={event => change({ scopeValue: event.target.value })}
          />
        )}
        <TextAreaField
          label="What is so"
          hint="A fact in a sentence or two, not an instruction. No secrets."
          rows={3}
          minLength={10}
          maxLength={600}
          required
          value={draft.text}
          onChange={event => change({ text: event.target.value })}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <SelectField
            label="Such cases were"
            value={draft.verdict ?? ''}
            onChange={event =>
              change({ verdict: verdictOrder.find(each => each === event.target.value) ?? null })
            }
            options={[
              { value: '', label: 'Not said' },
              ...verdictOrder.map(each => ({ value: each, label: verdictLooks[each].word })),
            ]}
          />
          <TextField
            label="Days that it holds"
            type="number"
            min={1}
            max={365}
            required
            value={draft.days}
            onChange={event => change({ days: Number(event.target.value) })}
          />
        </div>
        {preview !== undefined && <Preview preview={preview} />}
        <Complaint error={failure} />
        <div className="flex gap-2">
          {preview === undefined || preview.state === 'refused' ? (
            <Button type="submit" look="primary" busy={look.isPending}>
              Show what it would do
            </Button>
          ) : (
            <Button look="primary" busy={save.isPending} onClick={() => save.mutate(preview.digest)}>
              {preview.state === 'waiting' ? 'Save; a second person decides' : 'Save'}
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </Form>
    </Dialog>
  )
}

const findingWords = { refused: 'Refused', 'second-person': 'Second person', note: 'Note' } as const

function Preview({ preview }: { preview: LessonPreviewView }) {
  const { reach, findings, told } = preview
  return (
    <section aria-label="What it would do" className="grid gap-2 rounded border border-line-strong p-3">
      <p>
        Of {count(reach.allCases, 'case')} in the last 90 days it would stand in {reach.cases}; people found{' '}
        {reach.truePositive} of them to be attacks and {reach.harmless} harmless.
      </p>
      {reach.sample.length > 0 && (
        <ul className="list-disc pl-5 text-muted">
          {reach.sample.map(({ id, title }) => (
            <li key={id}>
              <Untrusted text={title} />
            </li>
          ))}
        </ul>
      )}
      <p className="text-muted">Told as:</p>
      <blockquote className="border-l-2 border-line-strong pl-2">
        <Untrusted text={told} />
      </blockquote>
      {findings.map(({ kind, text }) => (
        <p key={text} className={kind === 'refused' ? 'font-medium text-bad' : 'text-medium'}>
          {findingWords[kind]}: <Untrusted text={text} />
        </p>
      ))}
    </section>
  )
}
