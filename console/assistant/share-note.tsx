import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TurnAnswerView } from '../../src/http/contract-assistant.ts'
import { addNote } from '../api/cases.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
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
  const save = async () => {
    await addNote(caseId, text.trim())
    toast('Saved as a note of the case.')
    await client.invalidateQueries({ queryKey: ['case', caseId] })
    setOpen(false)
  }
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
        <FormDialog
          title="Save as a note of the case"
          action="Save note"
          ready={text.trim() !== ''}
          send={save}
          onClose={() => setOpen(false)}
        >
          <TextAreaField
            label="Note"
            rows={10}
            maxLength={20_000}
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </FormDialog>
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
