import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { browserHasPasskeys } from '../api/passkey.ts'
import { RequestFailure } from '../api/request.ts'
import { readSignInOptions, resumeSignIn, type SecondStep, signIn, signInByPasskey } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { FormPage } from './form-page.tsx'
import { SecondStepForm } from './second-step.tsx'

/** Sign in with a password, a passkey, and what follows. The address behind it stays, so a deep link works after it. */
export function SignIn() {
  const client = useQueryClient()
  const [step, setStep] = useState<SecondStep | null>(null)
  const [came] = useState(takeProviderOutcome)
  const resume = useQuery({
    queryKey: ['sign-in-resume'],
    queryFn: () => resumeSignIn(client),
    enabled: came === 'second-factor' && step === null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [left, setLeft] = useState(false)
  const shown = step ?? (left ? null : (resume.data ?? null))
  return shown === null ? (
    <FirstStep onStep={setStep} came={came} />
  ) : (
    <SecondStepForm
      step={shown}
      onStep={setStep}
      onBack={() => {
        setStep(null)
        setLeft(true)
      }}
    />
  )
}

function FirstStep({
  onStep,
  came,
}: {
  onStep: (step: SecondStep | null) => void
  /** How a sign-in at the provider ended. */
  came: string | null
}) {
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
      {came !== null && came !== 'second-factor' && (
        <p role="alert" className="rounded border border-bad bg-bad-tint p-2 text-sm">
          {providerFailures[came] ?? providerFailures['provider-refused']}
        </p>
      )}
      {options.data?.provider != null && (
        <a
          className={`${buttonClass('primary')} w-full`}
          href={`/api/sign-in/provider?to=${encodeURIComponent(location.pathname + location.search)}`}
        >
          Sign in with {options.data.provider}
        </a>
      )}
      <Form className="grid gap-4" onSubmit={() => attempt.mutate()}>
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
        <Button
          type="submit"
          look={options.data?.provider == null ? 'primary' : 'plain'}
          busy={attempt.isPending}
        >
          Sign in
        </Button>
      </Form>
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

/** By the code in the address; the words are ours, so that a link cannot put its own here. */
const providerFailures: Readonly<Record<string, string>> = {
  'no-role': 'You are known there, but have no role here: ask whoever looks after Tocsin.',
  'name-taken':
    'There is an account of your name here that has a password: an admin can open it to this way of signing in.',
  'account-disabled': 'Your account here is disabled.',
  'sign-in-expired': 'That sign-in took too long or was begun elsewhere: try again.',
  'provider-unavailable': 'The sign-in service does not answer: try again, or use a password.',
  'provider-refused': 'The sign-in there did not hold: try again. The server’s log says why.',
}

/** Takes what the server noted in the address out of it, so that it is told once. */
function takeProviderOutcome(): string | null {
  const url = new URL(location.href)
  const came = url.searchParams.get('sign-in')
  if (came === null) return null
  url.searchParams.delete('sign-in')
  history.replaceState(history.state, '', url)
  return came
}

/** Words for a failed step; `wrong` where what was given is not right. */
export function signInFailure(error: Error, wrong: string): string {
  return error instanceof RequestFailure && error.status === 401 ? wrong : error.message
}
