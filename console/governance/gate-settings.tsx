import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ModelGates } from '../../src/http/contract-models.ts'
import { changeGates } from '../api/governance.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { count } from '../text/count.ts'

type Settings = ModelGates['settings']

/** What a model must pass before it is shown to anybody, and what takes it out of use by itself. */
export function GateSettings({ gates }: { gates: ModelGates }) {
  const [editing, setEditing] = useState(false)
  const mayChange = useMay('admin')
  const { settings, changed } = gates
  const { limits } = settings
  return (
    <Section title="Gates">
      <ul className="grid list-disc gap-1 pl-5 text-sm">
        <li>{settings.enforced ? 'Enforced.' : 'Not enforced: a new profile starts active.'}</li>
        <li>
          Before canary: evaluations{' '}
          {Object.entries(settings.suites)
            .map(([suite, least]) => `${suite} ≥ ${least}`)
            .join(', ') || 'none'}{' '}
          (lower bound of 95 %, no task under {settings.leastTaskScore}, not older than{' '}
          {count(settings.evaluationDays, 'day')}); {count(settings.shadowAnswers, 'case')} in the shadow with{' '}
          {Math.round(settings.leastClaimsHeld * 100)} % of claims held; not worse than the one in use.
        </li>
        <li>
          A canary answers {settings.canaryPercent} % of the cases. Making it active takes a second person.
        </li>
        <li>
          Taken out by itself, over a day of at least {count(limits.leastCalls, 'call')}: more than{' '}
          {Math.round(limits.failedShare * 100)} % failed, {Math.round(limits.unsupportedShare * 100)} % not
          borne out, {limits.p95Seconds} s for one call in twenty, or ${limits.costPerCallUsd} a call.
        </li>
      </ul>
      <p className="text-sm text-muted">
        {changed === null ? (
          'These are the defaults.'
        ) : (
          <>
            Set by {changed.by?.displayName ?? 'the command line'}, <Moment atMs={changed.atMs} />.
          </>
        )}
      </p>
      {mayChange && !editing && (
        <Button className="justify-self-start" onClick={() => setEditing(true)}>
          Change the gates
        </Button>
      )}
      {editing && <Editor settings={settings} onClose={() => setEditing(false)} />}
    </Section>
  )
}

const numbers = [
  ['leastTaskScore', 'Least score of any task (0–1)'],
  ['evaluationDays', 'Evaluations count for (days)'],
  ['shadowAnswers', 'Cases in the shadow'],
  ['leastClaimsHeld', 'Claims held (0–1)'],
  ['canaryPercent', 'Share of a canary (%)'],
] as const
const limitNumbers = [
  ['leastCalls', 'Calls before anything is judged'],
  ['failedShare', 'Failed calls (0–1)'],
  ['unsupportedShare', 'Answers not borne out (0–1)'],
  ['p95Seconds', 'One call in twenty (seconds)'],
  ['costPerCallUsd', 'A call (US dollars)'],
] as const

function Editor({ settings, onClose }: { settings: Settings; onClose: () => void }) {
  const client = useQueryClient()
  const [enforced, setEnforced] = useState(settings.enforced)
  const [suites, setSuites] = useState(
    Object.entries(settings.suites)
      .map(([suite, least]) => `${suite}=${least}`)
      .join(' '),
  )
  const [values, setValues] = useState<Record<string, string>>({})
  const textOf = (name: string, now: number) => values[name] ?? String(now)
  const save = useMutation({
    mutationFn: () =>
      changeGates({
        ...settings,
        enforced,
        suites: Object.fromEntries(
          suites.split(/[\s,]+/).flatMap(part => {
            const [suite = '', least = ''] = part.split('=')
            return suite === '' ? [] : [[suite, Number(least)]]
          }),
        ),
        ...Object.fromEntries(numbers.map(([name]) => [name, Number(textOf(name, settings[name]))])),
        limits: {
          ...settings.limits,
          ...Object.fromEntries(
            limitNumbers.map(([name]) => [name, Number(textOf(name, settings.limits[name]))]),
          ),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['model-gates'] })
      toast('Saved, and written to the ledger.')
      onClose()
    },
    onError: error => toastFailure('Not saved', error),
  })
  const field = (name: string, label: string, now: number) => (
    <TextField
      key={name}
      label={label}
      inputMode="decimal"
      value={textOf(name, now)}
      onChange={event => setValues({ ...values, [name]: event.target.value.trim() })}
    />
  )
  return (
    <Form className="grid gap-3 rounded border border-line bg-surface p-3" onSubmit={() => save.mutate()}>
      <CheckField checked={enforced} onChange={setEnforced}>
        Enforce: a new profile is asked nothing before people let it
      </CheckField>
      <TextField
        label="Suites, each with its least lower bound"
        hint="For instance: triage=0.7 injection=0.9"
        value={suites}
        onChange={event => setSuites(event.target.value)}
      />
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {numbers.map(([name, label]) => field(name, label, settings[name]))}
        {limitNumbers.map(([name, label]) => field(name, label, settings.limits[name]))}
      </div>
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={save.isPending}>
          Save
        </Button>
        <Button onClick={onClose}>Discard</Button>
      </div>
    </Form>
  )
}
