import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { RequestFailure } from '../api/request.ts'
import { signIn } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { FormPage } from './form-page.tsx'

/** Sign in with a password. The address behind it stays, so a deep link works after it. */
export function SignIn() {
  const client = useQueryClient()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const attempt = useMutation({ mutationFn: () => signIn(client, username.trim(), password) })
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
          error={attempt.isError ? signInFailure(attempt.error) : undefined}
          hint="The first start of Tocsin prints a one-time password for admin in its terminal."
        />
        <Button type="submit" look="primary" busy={attempt.isPending}>
          Sign in
        </Button>
      </form>
    </FormPage>
  )
}

function signInFailure(error: Error): string {
  if (!(error instanceof RequestFailure)) return error.message
  if (error.status === 401) return 'User name or password is wrong.'
  return error.message
}
