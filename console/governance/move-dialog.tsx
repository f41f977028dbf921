import { useQueryClient } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { useState } from 'react'
import type { ModelProfileView } from '../../src/http/contract-models.ts'
import { moveModel, rollBackModel } from '../api/governance.ts'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { toast } from '../components/toast.tsx'

const meanings: Readonly<Record<string, string>> = {
  shadow: 'It is asked about real cases, beside the model in use, and nobody is shown what it says.',
  canary: 'It answers a small share of the cases, shown like any other answer.',
  active: 'It answers whatever its tasks are.',
  retired: 'It is asked nothing any more.',
}

/** A move with the checks that stand before it: what has not passed is said before anybody can press. */
export function MoveDialog({
  profile,
  to,
  profiles,
  onClose,
}: {
  profile: ModelProfileView
  /** A state, or `rollback`. */
  to: string
  profiles: readonly ModelProfileView[]
  onClose: () => void
}) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [replaces, setReplaces] = useState('')
  const checks = profile.moves.find(each => each.to === to)?.checks ?? []
  const open = checks.every(check => check.passed)
  const others = profiles.filter(({ id, state }) => state === 'active' && id !== profile.id)
  const move = async () => {
    if (to === 'rollback') await rollBackModel(profile.id, reason.trim())
    else await moveModel(profile.id, to, reason.trim(), replaces === '' ? undefined : replaces)
    await client.invalidateQueries({ queryKey: ['model-gates'] })
    toast(to === 'rollback' ? 'Rolled back.' : `${profile.name} is now ${to}.`)
    onClose()
  }
  const title = to === 'rollback' ? `Roll ${profile.name} back` : `${profile.name}: ${profile.state} → ${to}`
  return (
    <FormDialog
      title={title}
      action={to === 'rollback' ? 'Roll back' : `Make ${to}`}
      ready={open && reason.trim().length >= 3}
      send={move}
      onClose={onClose}
    >
      {to === 'rollback' && (
        <p>The profile that it replaced is put back into use, in every process within seconds.</p>
      )}
      {meanings[to] !== undefined && <p className="text-muted">{meanings[to]}</p>}
      {checks.length > 0 && (
        <ul className="grid gap-1.5" aria-label="Checks">
          {checks.map(check => (
            <li key={check.name} className="flex items-start gap-2">
              {check.passed ? (
                <Check aria-label="passed" className="mt-0.5 size-4 shrink-0 text-good" />
              ) : (
                <X aria-label="not passed" className="mt-0.5 size-4 shrink-0 text-bad" />
              )}
              <span>
                <span className="font-medium">{check.name}</span>
                <span className="block text-sm text-muted">{check.detail}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {to === 'active' && others.length > 0 && (
        <SelectField
          label="In place of"
          hint="It is retired by the same decision; a rollback brings it back."
          value={replaces}
          onChange={event => setReplaces(event.target.value)}
          options={[
            { value: '', label: 'none: beside the others' },
            ...others.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      <TextField
        label="Reason"
        hint="Kept in the change log and the ledger, with your name."
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
    </FormDialog>
  )
}
