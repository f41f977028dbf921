import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TrainingConsentView } from '../../src/http/contract-learning.ts'
import { agreeToTraining, allowTraining, readTraining } from '../api/learning.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { Complaint } from '../components/complaint.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const key = ['training-consent']

/** Whether models may be trained on what people decided here: the organisation's word, and each person's own. */
export function TrainingSection() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => readTraining(signal) })
  const agree = useMutation({
    mutationFn: agreeToTraining,
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
    onError: error => toastFailure('Not kept', error),
  })
  const lead = useMay('approver')
  return (
    <Section title="Training data">
      <p className="text-muted">
        <code>tocsin training export</code> makes a training set of decided cases: redacted, without
        duplicates, scanned for what is left, with a signed data card. It takes the organisation's word, and
        yours for what you decided.
      </p>
      <QueryState query={query} what="The consent">
        {consent => (
          <>
            <p>
              {consent.allowed ? 'It is allowed' : 'It is not allowed yet'}
              {consent.changed !== null && (
                <>
                  {' '}
                  ({consent.changed.by?.displayName ?? '—'}, <Moment atMs={consent.changed.atMs} />)
                </>
              )}
              .{' '}
              {consent.agreed === 0
                ? 'Nobody has'
                : consent.agreed === 1
                  ? 'One person has'
                  : `${consent.agreed} people have`}{' '}
              agreed.
            </p>
            {consent.basis !== '' && (
              <p>
                <Untrusted text={consent.basis} layout />
              </p>
            )}
            <CheckField
              checked={consent.mine}
              disabled={agree.isPending}
              onChange={agreed => agree.mutate(agreed)}
            >
              My verdicts and reasons may become training data
            </CheckField>
            {lead && <Allow key={String(consent.allowed)} consent={consent} />}
          </>
        )}
      </QueryState>
    </Section>
  )
}

function Allow({ consent }: { consent: TrainingConsentView }) {
  const client = useQueryClient()
  const [basis, setBasis] = useState(consent.basis)
  const change = useMutation({
    mutationFn: () => allowTraining(!consent.allowed, basis),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
  return (
    <Form className="grid max-w-2xl gap-3" onSubmit={() => change.mutate()}>
      {!consent.allowed && (
        <TextAreaField
          label="On what basis, and for what"
          hint="It stands in the data card of every set."
          rows={3}
          maxLength={2000}
          value={basis}
          onChange={event => setBasis(event.target.value)}
        />
      )}
      <Complaint error={change.error} />
      <Button type="submit" className="justify-self-start" busy={change.isPending}>
        {consent.allowed ? 'Forbid it' : 'Allow it'}
      </Button>
    </Form>
  )
}
