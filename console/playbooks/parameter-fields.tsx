import { Plus, Trash2 } from 'lucide-react'
import type { PlaybookParameterView } from '../../src/http/contract-playbooks.ts'
import { Button } from '../components/button.tsx'
import { entityTypeWords } from '../components/entity-type.ts'
import { SelectField, TextField } from '../components/field.tsx'

const kinds = Object.entries(entityTypeWords).map(([value, { one }]) => ({ value, label: one }))

/** What a person fills in before a run. */
export function ParameterFields({
  parameters,
  onChange,
}: {
  parameters: readonly PlaybookParameterView[]
  onChange: (parameters: readonly PlaybookParameterView[]) => void
}) {
  const change = (at: number, part: Partial<PlaybookParameterView>) =>
    onChange(parameters.map((each, index) => (index === at ? { ...each, ...part } : each)))
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-semibold">Parameters</legend>
      <p className="text-sm text-muted">
        Written <span className="font-mono text-xs">{'{{name}}'}</span> in the steps.{' '}
        <span className="font-mono text-xs">{'{{case_id}}'}</span> is always there.
      </p>
      <ul className="grid gap-2">
        {parameters.map((parameter, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a parameter has no identity but its place while it is written
            key={at}
            className="grid grid-cols-1 gap-2 sm:grid-cols-[1fr_1fr_1fr_auto] sm:items-end"
          >
            <TextField
              label="Name"
              required
              pattern="[a-z][a-z0-9_]*"
              title="Small letters, digits and _"
              maxLength={40}
              value={parameter.name}
              onChange={event => change(at, { name: event.target.value })}
            />
            <TextField
              label="What to ask for"
              required
              maxLength={80}
              value={parameter.label}
              onChange={event => change(at, { label: event.target.value })}
            />
            <SelectField
              label="Offered from the case"
              options={[{ value: '', label: 'Nothing' }, ...kinds]}
              value={parameter.entityType ?? ''}
              onChange={event =>
                change(at, {
                  // Its options are the kinds.
                  entityType: (event.target.value || null) as PlaybookParameterView['entityType'],
                })
              }
            />
            <Button look="quiet" onClick={() => onChange(parameters.filter(each => each !== parameter))}>
              <Trash2 aria-hidden="true" className="size-4" />
              <span className="sr-only">Remove parameter {parameter.name}</span>
            </Button>
          </li>
        ))}
      </ul>
      <Button
        className="justify-self-start"
        disabled={parameters.length >= 12}
        onClick={() => onChange([...parameters, { name: '', label: '', entityType: null }])}
      >
        <Plus aria-hidden="true" className="size-4" />A parameter
      </Button>
    </fieldset>
  )
}
