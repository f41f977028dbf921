import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keepQuestion } from '../api/learning.ts'
import { failureText } from '../api/request.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Field, inputClass } from '../components/field.tsx'
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
  const keep = useMutation({
    mutationFn: () => keepQuestion(text, words),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['evaluation-cases'] })
      toast('Kept: the suite "feedback" asks it from now on.')
      onClose()
    },
  })
  return (
    <Dialog title="Keep as an evaluation case" onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          keep.mutate()
        }}
      >
        <Field label="Question" hint="Your colleagues will see it: leave out what they should not.">
          {control => (
            <textarea
              {...control}
              rows={3}
              required
              minLength={5}
              maxLength={2000}
              className={inputClass}
              value={text}
              onChange={event => setText(event.target.value)}
            />
          )}
        </Field>
        <Field label="A right answer holds" hint="One word or value a line: T1027, 10.1.2.3, backup.">
          {control => (
            <textarea
              {...control}
              rows={3}
              required
              className={inputClass}
              value={expected}
              onChange={event => setExpected(event.target.value)}
            />
          )}
        </Field>
        {keep.isError && (
          <p role="alert" className="font-medium text-bad">
            {failureText(keep.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={keep.isPending} disabled={words.length === 0}>
            Keep
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
