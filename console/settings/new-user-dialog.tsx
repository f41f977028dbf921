import { useState } from 'react'
import type { AccountChanged } from '../../src/http/contract-accounts.ts'
import { useProof } from '../account/proof-fields.tsx'
import { type Role, roleOrder } from '../api/session.ts'
import { createUser } from '../api/settings.ts'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'

const roleWords: Readonly<Record<Role, string>> = {
  viewer: 'reads',
  analyst: 'reads and triages',
  responder: 'also submits response proposals',
  approver: 'also approves them',
  admin: 'also manages accounts and connections',
}

/** A new account; what it takes and what comes of it the answer says. */
export function NewUserDialog({
  onClose,
  onCreated,
}: {
  onClose: () => void
  onCreated: (reply: AccountChanged) => void
}) {
  const [username, setUsername] = useState('')
  const [displayName, setDisplayName] = useState('')
  const [role, setRole] = useState<Role>('analyst')
  const proof = useProof('account')
  const create = async () =>
    onCreated(
      await createUser({
        username: username.trim(),
        displayName: displayName.trim(),
        role,
        proof: await proof.give(),
      }),
    )
  return (
    <FormDialog title="New account" action="Create" ready={proof.ready} send={create} onClose={onClose}>
      <TextField
        label="User name"
        hint="Letters, digits and . _ @ -"
        required
        maxLength={100}
        pattern="[\w.@\-]+"
        autoComplete="off"
        value={username}
        onChange={event => setUsername(event.target.value)}
      />
      <TextField
        label="Name"
        hint="As colleagues and reports show it."
        required
        maxLength={200}
        autoComplete="off"
        value={displayName}
        onChange={event => setDisplayName(event.target.value)}
      />
      <SelectField
        label="Role"
        hint="From responder on it waits for a second admin where there is one; where there is none, it has no say at first."
        value={role}
        onChange={event => setRole(event.target.value as Role)} // Its options are the roles.
        options={roleOrder.map(each => ({ value: each, label: `${each}: ${roleWords[each]}` }))}
      />
      {proof.fields}
    </FormDialog>
  )
}
