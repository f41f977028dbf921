import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { browserHasPasskeys } from '../api/passkey.ts'
import { RequestFailure } from '../api/request.ts'
import { readSignInOptions, type SecondStep, signIn, signInByPasskey } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { FormPage } from './form-page.tsx'
import { SecondStepForm } from './second-step.tsx'

/** Sign in with a password, a passkey, and what follows. The address behind it stays, so a deep link works after it. */
export function SignIn() {
  const [step, setStep] = useState<SecondStep | null>(null)
  return step === null ? (
    <FirstStep onStep={setStep} />
  ) : (
    <SecondStepForm step={step} onStep={setStep} onBack={() => setStep(null)} />
  )
}

function FirstStep({ onStep }: { onStep: (step: SecondStep | null) => void }) {
  const client = useQueryClient()
  const options = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => readSignInOptions(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const attempt = useMutation({
    mutationFn: () => signIn(client, username.trim(), password),
    onSuccess: onStep,
  })
  const passkey = useMutation({ mutationFn: () => signInByPasskey(client), onSuccess: onStep })
  return (
    <FormPage title="Sign in to Tocsin">
      <form
        className="grid gap-4"
        onSubmit={event => {
          event.preventDefault()
          attempt.mutate()
        }}
      >
        <TextField
          label="User name"
          name="username"
          autoComplete="username"
          required
          autoFocus
          value={username}
          onChange={event => setUsername(event.target.value)}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={event => setPassword(event.target.value)}
          error={
            attempt.isError ? signInFailure(attempt.error, 'User name or password is wrong.') : undefined
          }
          hint="The first start of Tocsin prints a one-time password for admin in its terminal."
        />
        <Button type="submit" look="primary" busy={attempt.isPending}>
          Sign in
        </Button>
      </form>
      {options.data?.passkeys && browserHasPasskeys && (
        <div className="grid gap-2 border-t border-line pt-4">
          <Button busy={passkey.isPending} onClick={() => passkey.mutate()}>
            <KeyRound aria-hidden="true" className="size-4" />
            Sign in with a passkey
          </Button>
          {passkey.isError && (
            <p role="alert" className="text-xs font-medium text-bad">
              {signInFailure(passkey.error, 'This passkey is not known here.')}
            </p>
          )}
        </div>
      )}
    </FormPage>
  )
}

/** Words for a failed step; `wrong` where what was given is not right. */
export function signInFailure(error: Error, wrong: string): string {
  return error instanceof RequestFailure && error.status === 401 ? wrong : error.message
}
