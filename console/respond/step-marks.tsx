import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, CircleDashed, CircleSlash } from 'lucide-react'
import { useState } from 'react'
import type { RemediationStep, TickBody } from '../../src/http/contract-respond.ts'
import { markStep } from '../api/respond.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const states = {
  done: { word: 'Done', look: 'text-good font-medium', Icon: Check },
  open: { word: 'Open again', look: 'text-ink', Icon: CircleDashed },
  'not-needed': { word: 'Not needed', look: 'text-muted', Icon: CircleSlash },
} as const satisfies Record<TickBody['state'], unknown>

/** What people marked on a step that is done by hand, and the means to mark it: every mark is kept. */
export function StepMarks({ caseId, step }: { caseId: string; step: RemediationStep }) {
  const client = useQueryClient()
  const mayMark = useMay('analyst')
  const [writing, setWriting] = useState<TickBody['state']>()
  const [comment, setComment] = useState('')
  const now = step.marks.at(-1)?.state ?? 'open'
  const mark = useMutation({
    mutationFn: (state: TickBody['state']) =>
      markStep(caseId, step.id, { text: step.text, state, comment: comment.trim() }),
    onSuccess: async () => {
      setWriting(undefined)
      setComment('')
      await client.invalidateQueries({ queryKey: ['proposals'] })
    },
    onError: error => toastFailure('Not marked', error),
  })
  return (
    <div className="grid gap-1 text-sm">
      {step.marks.map(({ state, comment: said, by, atMs }) => {
        const { word, look, Icon } = states[state]
        return (
          <span key={`${by.id}${atMs}${state}`}>
            <span className={`inline-flex items-center gap-1 ${look}`}>
              <Icon aria-hidden="true" className="size-4" /> {word}
            </span>{' '}
            by {by.displayName}, <Moment atMs={atMs} />
            {said !== '' && (
              <>
                : <Untrusted text={said} />
              </>
            )}
          </span>
        )
      })}
      {mayMark && writing === undefined && (
        <span className="flex flex-wrap gap-1">
          {now === 'open' ? (
            <>
              <Button onClick={() => setWriting('done')}>Tick off</Button>
              <Button look="quiet" onClick={() => setWriting('not-needed')}>
                Not needed
              </Button>
            </>
          ) : (
            <Button look="quiet" onClick={() => setWriting('open')}>
              Open again
            </Button>
          )}
        </span>
      )}
      {writing !== undefined && (
        <Form className="flex flex-wrap items-end gap-2" onSubmit={() => mark.mutate(writing)}>
          <div className="min-w-0 grow">
            <TextField
              label={`${states[writing].word}: comment (may be empty)`}
              autoFocus
              maxLength={2000}
              value={comment}
              onChange={event => setComment(event.target.value)}
            />
          </div>
          <Button type="submit" busy={mark.isPending}>
            {states[writing].word}
          </Button>
          <Button look="quiet" onClick={() => setWriting(undefined)}>
            Cancel
          </Button>
        </Form>
      )}
    </div>
  )
}
