import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TurnAnswerView } from '../../src/http/contract-assistant.ts'
import { addNote } from '../api/cases.ts'
import { failureText } from '../api/request.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Field, inputClass } from '../components/field.tsx'
import { toast } from '../components/toast.tsx'

const struck = ['not-in-evidence', 'does-not-exist', 'contradicted']

/** An answer as a note of the case. The person reads it, changes it, and decides; what was struck is left out. */
export function ShareNote({
  caseId,
  question,
  answer,
}: {
  caseId: string
  question: string
  answer: TurnAnswerView
}) {
  const client = useQueryClient()
  const mayTriage = useMay('analyst')
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const save = useMutation({
    mutationFn: () => addNote(caseId, text.trim()),
    onSuccess: async () => {
      setOpen(false)
      toast('Saved as a note of the case.')
      await client.invalidateQueries({ queryKey: ['case', caseId] })
    },
  })
  if (!mayTriage) return null
  return (
    <>
      <Button
        look="quiet"
        onClick={() => {
          setText(noteOf(question, answer))
          setOpen(true)
        }}
      >
        Save as note
      </Button>
      {open && (
        <Dialog title="Save as a note of the case" onClose={() => setOpen(false)}>
          <div className="grid gap-3">
            <Field label="Note" error={save.isError ? `Not saved: ${failureText(save.error)}` : undefined}>
              {control => (
                <textarea
                  {...control}
                  rows={10}
                  maxLength={20_000}
                  className={inputClass}
                  value={text}
                  onChange={event => setText(event.target.value)}
                />
              )}
            </Field>
            <Button
              look="primary"
              className="justify-self-end"
              busy={save.isPending}
              onClick={() => save.mutate()}
            >
              Save note
            </Button>
          </div>
        </Dialog>
      )}
    </>
  )
}

function noteOf(question: string, answer: TurnAnswerView): string {
  const sentences = answer.sentences
    .filter(sentence => !struck.includes(sentence.status))
    .map(
      sentence =>
        `${sentence.text}${sentence.evidence.length === 0 ? '' : ` [${sentence.evidence.join(', ')}]`}`,
    )
  const sources = answer.evidence.slice(0, 20).map(item => `${item.id}: ${item.label} (${item.source})`)
  const by = answer.model === null ? 'the assistant, by code' : `the assistant with ${answer.model}`
  return [`Asked: ${question}`, '', ...sentences, '', `Answered by ${by}. Evidence:`, ...sources]
    .join('\n')
    .slice(0, 20_000)
}
