import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { failureText } from '../api/request.ts'
import { changePassword } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { FormPage } from './form-page.tsx'

const shortestPassword = 12

/** The one-time password was right; nothing else works until it is replaced. */
export function ChangePassword() {
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const attempt = useMutation({ mutationFn: () => changePassword(client, current, next) })
  const differs = again !== '' && next !== again
  return (
    <FormPage
      title="Choose your own password"
      onSubmit={() => {
        if (!differs) attempt.mutate()
      }}
    >
      <p className="text-muted">The password you signed in with works only once.</p>
      <TextField
        label="One-time password"
        type="password"
        name="current"
        autoComplete="current-password"
        required
        autoFocus
        value={current}
        onChange={event => setCurrent(event.target.value)}
      />
      <TextField
        label="New password"
        type="password"
        name="next"
        autoComplete="new-password"
        required
        minLength={shortestPassword}
        value={next}
        onChange={event => setNext(event.target.value)}
        hint={`At least ${shortestPassword} characters; a few words that belong to nobody else are best.`}
      />
      <TextField
        label="New password, again"
        type="password"
        name="again"
        autoComplete="new-password"
        required
        value={again}
        onChange={event => setAgain(event.target.value)}
        error={differs ? 'The two differ.' : attempt.isError ? failureText(attempt.error) : undefined}
      />
      <Button type="submit" look="primary" busy={attempt.isPending}>
        Save and continue
      </Button>
    </FormPage>
  )
}
