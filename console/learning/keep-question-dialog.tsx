import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keepQuestion } from '../api/learning.ts'
import { TextAreaField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { toast } from '../components/toast.tsx'

/** Keeps a question with the words that a right answer holds. Others see it then: the chat that it comes from stays private. */
export function KeepQuestionDialog({ question, onClose }: { question: string; onClose: () => void }) {
  const client = useQueryClient()
  const [text, setText] = useState(question)
  const [expected, setExpected] = useState('')
  const words = expected
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const keep = async () => {
    await keepQuestion(text, words)
    await client.invalidateQueries({ queryKey: ['evaluation-cases'] })
    toast('Kept: the suite "feedback" asks it from now on.')
    onClose()
  }
  return (
    <FormDialog
      title="Keep as an evaluation case"
      action="Keep"
      ready={words.length > 0}
      send={keep}
      onClose={onClose}
    >
      <TextAreaField
        label="Question"
        hint="Your colleagues will see it: leave out what they should not."
        rows={3}
        required
        minLength={5}
        maxLength={2000}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <TextAreaField
        label="A right answer holds"
        hint="One word or value a line: T1027, 10.1.2.3, backup."
        rows={3}
        required
        value={expected}
        onChange={event => setExpected(event.target.value)}
      />
    </FormDialog>
  )
}
