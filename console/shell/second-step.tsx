import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { askPasskey } from '../api/passkey.ts'
import { giveSecondFactor, type SecondProof, type SecondStep } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
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

/** What follows a right password. */
export function SecondStepForm({
  step,
  onStep,
  onBack,
}: {
  step: SecondStep
  onStep: (step: SecondStep | null) => void
  onBack: () => void
}) {
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
      <form
        className="grid gap-4"
        onSubmit={event => {
          event.preventDefault()
          attempt.mutate()
        }}
      >
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
      </form>
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
