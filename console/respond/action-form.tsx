import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ActionInfo, CaseResponse } from '../../src/http/contract-respond.ts'
import { propose } from '../api/respond.ts'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { toast } from '../components/toast.tsx'

/** The part of a JSON Schema of arguments that the form reads. The server checks the values against the whole. */
interface ArgumentSchema {
  readonly type?: string
  readonly enum?: readonly string[]
}

/** Asks for any action that is allowed here, on a host of the case. Its arguments come from the action's own schema. */
export function ActionForm({
  caseId,
  response,
  onClose,
}: {
  caseId: string
  response: CaseResponse
  onClose: () => void
}) {
  const client = useQueryClient()
  const [agentId, setAgentId] = useState(response.targets[0]?.agentId ?? '')
  const target = response.targets.find(each => each.agentId === agentId)
  const actions = response.actions.filter(
    each => target !== undefined && each.platforms.includes(target.platform) && isPlain(each),
  )
  const [name, setName] = useState('')
  const action = actions.find(each => each.name === name) ?? actions[0]
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [reason, setReason] = useState('')
  const fields = action === undefined ? {} : fieldsOf(action)
  const ask = async () => {
    if (action === undefined || target === undefined) return
    const given = Object.entries(fields).map(([key, schema]) => {
      const value = values[key] ?? schema.enum?.[0] ?? ''
      return [key, isNumber(schema) ? Number(value) : value] as const
    })
    await propose(caseId, {
      action: action.name,
      arguments: Object.fromEntries(given),
      agentId: target.agentId,
      platform: target.platform,
      reason: reason.trim(),
      evidence: [],
    })
    await client.invalidateQueries({ queryKey: ['proposals'] })
    toast('Asked for. Somebody else has to approve it.')
    onClose()
  }
  return (
    <FormDialog
      title="Ask for an action"
      action="Ask for it"
      ready={reason.trim() !== ''}
      send={ask}
      onClose={onClose}
    >
      <SelectField
        label="On"
        value={agentId}
        onChange={event => setAgentId(event.target.value)}
        options={response.targets.map(each => ({ value: each.agentId, label: each.agentName }))}
      />
      <SelectField
        label="Action"
        value={action?.name ?? ''}
        onChange={event => setName(event.target.value)}
        options={actions.map(each => ({ value: each.name, label: each.title }))}
      />
      {action !== undefined && (
        <p className="text-sm text-muted">
          {action.effect === 'irreversible' && 'It cannot be undone. '}
          {action.unstaffed ??
            `Takes ${action.approvers === 1 ? 'one approver' : `${action.approvers} approvers`} besides you.`}
        </p>
      )}
      {Object.entries(fields).map(([key, schema]) => {
        const set = (value: string) => setValues({ ...values, [key]: value })
        return schema.enum === undefined ? (
          <TextField
            key={key}
            label={labelOf(key)}
            required
            type={isNumber(schema) ? 'number' : 'text'}
            value={values[key] ?? ''}
            onChange={event => set(event.target.value)}
          />
        ) : (
          <SelectField
            key={key}
            label={labelOf(key)}
            value={values[key] ?? schema.enum[0] ?? ''}
            onChange={event => set(event.target.value)}
            options={schema.enum.map(value => ({ value, label: value }))}
          />
        )
      })}
      <TextField
        label="Why"
        required
        maxLength={2000}
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
    </FormDialog>
  )
}

/** `account_name` as a label: `Account name`. */
function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function fieldsOf(action: ActionInfo): Record<string, ArgumentSchema> {
  // The server made this JSON Schema of an object with named members.
  return (action.argumentsSchema as { properties?: Record<string, ArgumentSchema> }).properties ?? {}
}

/** Whether every argument is one value: lists come from the suggested steps only. */
function isPlain(action: ActionInfo): boolean {
  return Object.values(fieldsOf(action)).every(schema => schema.type !== 'array')
}

const isNumber = (schema: ArgumentSchema) => schema.type === 'integer' || schema.type === 'number'
