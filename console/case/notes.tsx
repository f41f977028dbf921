import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { addNote } from '../api/cases.ts'
import { failureText } from '../api/request.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import type { CaseSectionProps } from './case-sections.ts'

/** What colleagues wrote about the case, and room to add to it. Ctrl-Enter saves. */
export function Notes({ detail }: CaseSectionProps) {
  const mayTriage = useMay('analyst')
  return (
    <div className="grid gap-2">
      {detail.notes.length === 0 && <p className="text-muted">No notes yet.</p>}
      <ul className="grid gap-2">
        {detail.notes.map(note => (
          <li key={note.id} className="border-l-2 border-line-strong pl-2">
            <Untrusted text={note.text} layout />
            <p className="text-xs text-muted">
              {note.by.displayName}, <Moment atMs={note.atMs} />
            </p>
          </li>
        ))}
      </ul>
      {mayTriage && <NoteForm caseId={detail.case.id} />}
    </div>
  )
}

function NoteForm({ caseId }: { caseId: string }) {
  const client = useQueryClient()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const save = useMutation({
    mutationFn: () => addNote(caseId, text.trim()),
    onSuccess: async () => {
      setText('')
      await client.invalidateQueries({ queryKey: ['case', caseId] })
    },
  })
  useShortcuts([{ keys: 'n', label: 'Write a note', group: 'Case', run: () => field.current?.focus() }])
  const submit = () => {
    if (text.trim() !== '') save.mutate()
  }
  return (
    <Form className="grid gap-1.5" onSubmit={submit}>
      <TextAreaField
        label="New note"
        error={save.isError ? `Not saved: ${failureText(save.error)}` : undefined}
        ref={field}
        rows={2}
        maxLength={20_000}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      <Button
        type="submit"
        className="justify-self-start"
        busy={save.isPending}
        disabled={text.trim() === ''}
        keys="Ctrl-Enter"
      >
        Save note
      </Button>
    </Form>
  )
}
