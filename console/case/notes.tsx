import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Ref, useState } from 'react'
import type { Note } from '../../src/http/contract-cases.ts'
import { addNote } from '../api/cases.ts'
import { failureText } from '../api/request.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Field, inputClass } from '../components/field.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** What colleagues wrote about the case, and room to add to it. Ctrl-Enter saves. */
export function Notes({
  caseId,
  notes,
  ref,
}: {
  caseId: string
  notes: readonly Note[]
  ref: Ref<HTMLTextAreaElement>
}) {
  const mayTriage = useMay('analyst')
  return (
    <div className="grid gap-2">
      {notes.length === 0 && <p className="text-muted">No notes yet.</p>}
      <ul className="grid gap-2">
        {notes.map(note => (
          <li key={note.id} className="border-l-2 border-line-strong pl-2">
            <Untrusted text={note.text} layout />
            <p className="text-xs text-muted">
              {note.by.displayName}, <Moment atMs={note.atMs} />
            </p>
          </li>
        ))}
      </ul>
      {mayTriage && <NoteForm caseId={caseId} ref={ref} />}
    </div>
  )
}

function NoteForm({ caseId, ref }: { caseId: string; ref: Ref<HTMLTextAreaElement> }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const save = useMutation({
    mutationFn: () => addNote(caseId, text.trim()),
    onSuccess: async () => {
      setText('')
      await client.invalidateQueries({ queryKey: ['case', caseId] })
    },
  })
  const submit = () => {
    if (text.trim() !== '') save.mutate()
  }
  return (
    <form
      className="grid gap-1.5"
      onSubmit={event => {
        event.preventDefault()
        submit()
      }}
    >
      <Field label="New note" error={save.isError ? `Not saved: ${failureText(save.error)}` : undefined}>
        {control => (
          <textarea
            {...control}
            ref={ref}
            rows={2}
            maxLength={20_000}
            className={inputClass}
            value={text}
            onChange={event => setText(event.target.value)}
            onKeyDown={event => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
              if (event.key === 'Escape') event.currentTarget.blur()
            }}
          />
        )}
      </Field>
      <Button
        type="submit"
        className="justify-self-start"
        busy={save.isPending}
        disabled={text.trim() === ''}
        keys="Ctrl-Enter"
      >
        Save note
      </Button>
    </form>
  )
}
