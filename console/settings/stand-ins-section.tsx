import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { delegate, endDelegation, listDelegations } from '../api/respond.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { SelectField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'

const dayMs = 86_400_000

/** Who approves in your place while you are away, and in whose place you do. */
export function StandInsSection() {
  const client = useQueryClient()
  const mayDelegate = useMay('approver')
  const [standIn, setStandIn] = useState('')
  const [days, setDays] = useState('7')
  const query = useQuery({ queryKey: ['stand-ins'], queryFn: ({ signal }) => listDelegations(signal) })
  const refresh = () => client.invalidateQueries({ queryKey: ['stand-ins'] })
  const name = useMutation({
    mutationFn: (id: string) => delegate(id, Date.now() + Number(days) * dayMs),
    onSuccess: refresh,
    onError: error => toastFailure('Nobody was named', error),
  })
  const end = useMutation({
    mutationFn: endDelegation,
    onSuccess: refresh,
    onError: error => toastFailure('It goes on', error),
  })
  return (
    <QueryState query={query} what="The stand-ins">
      {data => (
        <div className="grid gap-6">
          <Section title="Approve in your place">
            <p className="text-muted">
              While you are away, somebody with the role responder or more may use your right to approve. It
              counts once: you and your stand-in are never two approvers.
            </p>
            <ul className="grid gap-1">
              {data.standIns.map(({ person, untilMs }) => (
                <li key={person.id} className="flex flex-wrap items-center gap-2">
                  {person.displayName}, until <Moment atMs={untilMs} />
                  <Button look="quiet" busy={end.isPending} onClick={() => end.mutate(person.id)}>
                    End now
                  </Button>
                </li>
              ))}
            </ul>
            {!mayDelegate ? (
              <p className="text-muted">You do not approve, so there is no right to hand on.</p>
            ) : data.candidates.length === 0 ? (
              <p className="text-muted">There is nobody else with the role responder or more.</p>
            ) : (
              <Form
                className="flex flex-wrap items-end gap-2"
                onSubmit={() => name.mutate(standIn || (data.candidates[0]?.id ?? ''))}
              >
                <SelectField
                  label="Stand-in"
                  value={standIn || (data.candidates[0]?.id ?? '')}
                  onChange={event => setStandIn(event.target.value)}
                  options={data.candidates.map(each => ({ value: each.id, label: each.displayName }))}
                />
                <SelectField
                  label="For"
                  value={days}
                  onChange={event => setDays(event.target.value)}
                  options={['1', '3', '7', '14', '28', '60'].map(value => ({
                    value,
                    label: value === '1' ? '1 day' : `${value} days`,
                  }))}
                />
                <Button type="submit" busy={name.isPending}>
                  Name
                </Button>
              </Form>
            )}
          </Section>
          <Section title="You approve in the place of">
            {data.standingInFor.length === 0 ? (
              <p className="text-muted">Nobody.</p>
            ) : (
              <ul>
                {data.standingInFor.map(({ person, untilMs }) => (
                  <li key={person.id}>
                    {person.displayName}, until <Moment atMs={untilMs} />
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </div>
      )}
    </QueryState>
  )
}
