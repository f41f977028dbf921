import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { askPasskey } from '../api/passkey.ts'
import { giveReason, giveSecondFactor, type SecondProof, type SecondStep } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { FormPage } from './form-page.tsx'
import { signInFailure } from './sign-in.tsx'

type FactorStep = Extract<SecondStep, { kind: 'second-factor' }>
type Method = FactorStep['methods'][number]

const switchTo: Readonly<Record<Method, string>> = {
  passkey: 'Use a passkey',
  totp: 'Use the authenticator app',
  recovery: 'Use a recovery code',
}

const looks = {
  totp: {
    label: 'Code of your authenticator app',
    hint: 'Six digits. Each code works once.',
    wrong: 'That is not the code of now, or it was used already: wait for the next one.',
  },
  recovery: {
    label: 'Recovery code',
    hint: 'One of those that you kept when you added your second factor. Each works once.',
    wrong: 'That recovery code is wrong or was used.',
  },
} as const

interface StepProps<Step> {
  readonly step: Step
  readonly onStep: (step: SecondStep | null) => void
  readonly onBack: () => void
}

/** What follows a right password. */
export function SecondStepForm({ step, ...props }: StepProps<SecondStep>) {
  return step.kind === 'reason-needed' ? (
    <ReasonForm step={step} {...props} />
  ) : (
    <FactorForm step={step} {...props} />
  )
}

/** The break-glass account: everybody will read why it was used. */
function ReasonForm({ step, onStep, onBack }: StepProps<Extract<SecondStep, { kind: 'reason-needed' }>>) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const attempt = useMutation({
    mutationFn: () => giveReason(client, step.ticket, reason),
    onSuccess: onStep,
  })
  return (
    <FormPage title="Break the glass">
      <p>
        This is the emergency account. Signing in uses its password up, is told to everybody, and is written
        into the ledger. The session lasts one hour, and approves nothing.
      </p>
      <Form className="grid gap-4" onSubmit={() => attempt.mutate()}>
        <TextField
          label="Why is it used?"
          hint="At least ten characters. Everybody who is signed in reads it."
          required
          autoFocus
          minLength={10}
          maxLength={1000}
          value={reason}
          onChange={event => setReason(event.target.value)}
          error={
            attempt.isError ? signInFailure(attempt.error, 'This took too long: start again.') : undefined
          }
        />
        <Button type="submit" look="danger" busy={attempt.isPending}>
          Break the glass
        </Button>
        <Button look="quiet" onClick={onBack}>
          Leave it whole
        </Button>
      </Form>
    </FormPage>
  )
}

function FactorForm({ step, onStep, onBack }: StepProps<FactorStep>) {
  const client = useQueryClient()
  const [method, setMethod] = useState<Method>(step.methods[0] ?? 'recovery')
  const [code, setCode] = useState('')
  const attempt = useMutation({
    mutationFn: async () => {
      const proof: SecondProof =
        method === 'passkey'
          ? { kind: method, response: await askPasskey(step.passkey) }
          : { kind: method, code }
      return giveSecondFactor(client, step.ticket, proof)
    },
    onSuccess: onStep,
    onError: () => setCode(''),
  })
  const failure = (wrong: string) => (attempt.isError ? signInFailure(attempt.error, wrong) : undefined)
  return (
    <FormPage title="One more proof">
      <Form className="grid gap-4" onSubmit={() => attempt.mutate()}>
        {method === 'passkey' ? (
          <>
            <p>Your browser asks for the passkey of this account.</p>
            {attempt.isError && (
              <p role="alert" className="text-xs font-medium text-bad">
                {failure('This passkey is not one of this account.')}
              </p>
            )}
          </>
        ) : (
          <TextField
            key={method}
            label={looks[method].label}
            hint={looks[method].hint}
            error={failure(looks[method].wrong)}
            autoFocus
            required
            {...(method === 'totp' ? { inputMode: 'numeric' as const } : {})}
            autoComplete={method === 'totp' ? 'one-time-code' : 'off'}
            maxLength={40}
            value={code}
            onChange={event => setCode(event.target.value)}
          />
        )}
        <Button type="submit" look="primary" busy={attempt.isPending}>
          {method === 'passkey' ? 'Use the passkey' : 'Sign in'}
        </Button>
      </Form>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {step.methods
          .filter(each => each !== method)
          .map(each => (
            <button
              key={each}
              type="button"
              className="py-1 text-sm text-accent underline max-sm:py-2"
              onClick={() => {
                setMethod(each)
                attempt.reset()
              }}
            >
              {switchTo[each]}
            </button>
          ))}
        <button type="button" className="py-1 text-sm text-muted underline max-sm:py-2" onClick={onBack}>
          Start again
        </button>
      </div>
    </FormPage>
  )
}
