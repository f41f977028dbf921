import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { PlaybookContent, PlaybookStepView, PlaybookView } from '../../src/http/contract-playbooks.ts'
import { listTools } from '../api/assistant.ts'
import { savePlaybook } from '../api/playbooks.ts'
import { Button } from '../components/button.tsx'
import { Complaint } from '../components/complaint.tsx'
import { SelectField, TextAreaField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { toast } from '../components/toast.tsx'
import { ParameterFields } from './parameter-fields.tsx'

/** A step as it is written: the arguments of a search are text until it is saved. */
type WrittenStep =
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'search'; readonly tool: string; readonly input: string }

interface Written extends Omit<PlaybookContent, 'steps'> {
  readonly steps: readonly (WrittenStep & { readonly key: string })[]
}

/** Writes a playbook: what it is for, its parameters, and its steps in order. */
export function PlaybookEditor({
  id,
  start,
  onDone,
}: {
  /** Of the playbook that is changed; a new one where it is left out. */
  id?: string
  start: PlaybookContent
  onDone: (saved: PlaybookView | undefined) => void
}) {
  const client = useQueryClient()
  const [written, setWritten] = useState<Written>(() => ({ ...start, steps: start.steps.map(writtenStep) }))
  const save = useMutation({
    mutationFn: () =>
      savePlaybook(id, { ...written, steps: written.steps.map((step, index) => readStep(step, index)) }),
    onSuccess: async saved => {
      await client.invalidateQueries({ queryKey: ['playbooks'] })
      toast(`${saved.name} is saved.`)
      onDone(saved)
    },
  })
  const change = (part: Partial<Written>) => setWritten(now => ({ ...now, ...part }))
  const { steps } = written
  const changeStep = (at: number, step: WrittenStep) =>
    change({ steps: steps.map((each, index) => (index === at ? { ...step, key: each.key } : each)) })
  const move = (at: number, by: number) => {
    const [taken, ...rest] = [steps[at], ...steps.slice(0, at), ...steps.slice(at + 1)]
    if (taken !== undefined)
      change({ steps: [...rest.slice(0, at + by), taken, ...rest.slice(at + by)].filter(isStep) })
  }
  return (
    <Form className="grid grid-cols-1 gap-4" aria-label="Playbook" onSubmit={() => save.mutate()}>
      <TextField
        label="Name"
        required
        maxLength={120}
        value={written.name}
        onChange={event => change({ name: event.target.value })}
      />
      <TextAreaField
        label="What it finds out"
        rows={2}
        maxLength={2000}
        value={written.description}
        onChange={event => change({ description: event.target.value })}
      />
      <ParameterFields
        parameters={written.parameters}
        onChange={parameters => change({ parameters: [...parameters] })}
      />
      <fieldset className="grid gap-3">
        <legend className="mb-1 font-semibold">Steps</legend>
        <ol className="grid gap-3">
          {steps.map((step, at) => (
            <li key={step.key} className="grid gap-2 border-l-2 border-line-strong pl-3">
              <StepFields number={at + 1} step={step} onChange={next => changeStep(at, next)} />
              <div className="flex gap-1">
                <Button look="quiet" disabled={at === 0} onClick={() => move(at, -1)}>
                  <ArrowUp aria-hidden="true" className="size-4" />
                  <span className="sr-only">Step {at + 1} earlier</span>
                </Button>
                <Button look="quiet" disabled={at === steps.length - 1} onClick={() => move(at, 1)}>
                  <ArrowDown aria-hidden="true" className="size-4" />
                  <span className="sr-only">Step {at + 1} later</span>
                </Button>
                <Button
                  look="quiet"
                  disabled={steps.length === 1}
                  onClick={() => change({ steps: steps.filter(each => each !== step) })}
                >
                  <Trash2 aria-hidden="true" className="size-4" />
                  <span className="sr-only">Remove step {at + 1}</span>
                </Button>
              </div>
            </li>
          ))}
        </ol>
        <div className="flex flex-wrap gap-2">
          {(['question', 'search'] as const).map(kind => (
            <Button
              key={kind}
              disabled={steps.length >= 20}
              onClick={() => change({ steps: [...steps, writtenStep(emptySteps[kind])] })}
            >
              <Plus aria-hidden="true" className="size-4" />
              {kind === 'question' ? 'A question' : 'A search'}
            </Button>
          ))}
        </div>
      </fieldset>
      <Complaint what="Not saved" error={save.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => onDone(undefined)}>Cancel</Button>
        <Button type="submit" look="primary" busy={save.isPending}>
          Save
        </Button>
      </div>
    </Form>
  )
}

const emptySteps: Readonly<Record<PlaybookStepView['kind'], PlaybookStepView>> = {
  question: { kind: 'question', text: '' },
  search: { kind: 'search', tool: 'search_alerts', input: { case_id: '{{case_id}}' } },
}

/** A playbook before anything was written in it. */
export const emptyPlaybook: PlaybookContent = {
  name: '',
  description: '',
  parameters: [],
  steps: [emptySteps.question],
}

function StepFields({
  number,
  step,
  onChange,
}: {
  number: number
  step: WrittenStep
  onChange: (step: WrittenStep) => void
}) {
  const tools = useQuery({ queryKey: ['assistant-tools'], queryFn: ({ signal }) => listTools(signal) })
  if (step.kind === 'question')
    return (
      <TextAreaField
        label={`Step ${number}: question`}
        hint="In words, or a command such as /ioc {{address}}."
        rows={2}
        required
        maxLength={2000}
        value={step.text}
        onChange={event => onChange({ ...step, text: event.target.value })}
      />
    )
  const known = tools.data?.tools ?? []
  const shown = known.find(each => each.name === step.tool)
  const names = [...new Set([step.tool, ...known.map(each => each.name)])]
  return (
    <>
      <SelectField
        label={`Step ${number}: search`}
        hint={shown?.description}
        options={names.map(name => ({
          value: name,
          label: known.find(each => each.name === name)?.title ?? name,
        }))}
        value={step.tool}
        onChange={event => onChange({ ...step, tool: event.target.value })}
      />
      <TextAreaField
        label="Arguments"
        hint={shown === undefined ? 'As JSON.' : `As JSON: ${argumentsOf(shown)}.`}
        rows={3}
        spellCheck={false}
        className="font-mono text-xs"
        value={step.input}
        onChange={event => onChange({ ...step, input: event.target.value })}
      />
    </>
  )
}

function argumentsOf(tool: { readonly inputSchema: Readonly<Record<string, unknown>> }): string {
  const { properties } = tool.inputSchema
  return typeof properties === 'object' && properties !== null ? Object.keys(properties).join(', ') : ''
}

let keys = 0
function writtenStep(step: PlaybookStepView): WrittenStep & { key: string } {
  keys += 1
  return step.kind === 'question'
    ? { ...step, key: String(keys) }
    : { ...step, input: JSON.stringify(step.input, null, 1), key: String(keys) }
}

function isStep<Step>(step: Step | undefined): step is Step {
  return step !== undefined
}

/** Throws what is wrong, for the person to read. */
function readStep(step: WrittenStep, index: number): PlaybookStepView {
  if (step.kind === 'question') return { kind: 'question', text: step.text }
  try {
    const input: unknown = JSON.parse(step.input.trim() === '' ? '{}' : step.input)
    if (typeof input === 'object' && input !== null && !Array.isArray(input))
      return {
        kind: 'search',
        tool: step.tool,
        input: input as Extract<PlaybookStepView, { kind: 'search' }>['input'],
      } // JSON, just parsed.
  } catch {
    // Said below, for both.
  }
  throw new Error(`the arguments of step ${index + 1} are not a JSON object`)
}
