import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { failureText } from '../api/request.ts'
import { changePassword } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'

const shortestPassword = 12

/** The current password, and a new one twice. Also what a person sees who signed in with a one-time password. */
export function PasswordForm({
  currentLabel = 'Current password',
  onDone,
}: {
  currentLabel?: string
  onDone?: () => void
}) {
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const attempt = useMutation({
    mutationFn: () => changePassword(client, current, next),
    onSuccess: () => {
      setCurrent('')
      setNext('')
      setAgain('')
      onDone?.()
    },
  })
  const differs = again !== '' && next !== again
  return (
    <Form
      className="grid w-full max-w-sm gap-4"
      onSubmit={() => {
        if (!differs) attempt.mutate()
      }}
    >
      <TextField
        label={currentLabel}
        type="password"
        name="current"
        autoComplete="current-password"
        required
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
        hint={`At least ${shortestPassword} characters: a few words that have nothing to do with you, this account or each other.`}
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
        Change password
      </Button>
    </Form>
  )
}
