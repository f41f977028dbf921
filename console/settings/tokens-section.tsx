import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TokenRecord } from '../../src/http/contract-accounts.ts'
import { useMay } from '../api/session.ts'
import { createToken, deleteToken, listTokens } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { ChoiceList } from '../components/choice-list.tsx'
import { DataTable } from '../components/data-table.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { visibleText } from '../text/visible-text.ts'
import { SecretDialog } from './secret-dialog.tsx'

type Scope = TokenRecord['scopes'][number]

const scopeWords: Readonly<Record<Scope, string>> = {
  read: 'read cases, alerts and entities',
  triage: 'claim, note, give verdicts',
  ingest: 'send alerts in: for the Wazuh integrator',
  metrics: 'read metrics',
  scim: 'make and deactivate accounts, for a directory: SCIM 2.0 at /scim/v2',
}

/** Keys for programs. None can approve anything: that takes a named person. */
export function TokensSection() {
  const client = useQueryClient()
  const [creating, setCreating] = useState(false)
  const [secret, setSecret] = useState<string>()
  const query = useQuery({ queryKey: ['tokens'], queryFn: ({ signal }) => listTokens(signal) })
  const revoke = useMutation({
    mutationFn: deleteToken,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['tokens'] })
      toast('Revoked. It no longer opens anything.')
    },
    onError: error => toastFailure('The token is still valid', error),
  })
  return (
    <div className="grid gap-3">
      <div className="flex items-center justify-between gap-4">
        <p className="text-muted">Keys for programs. No token can approve a response: that takes a person.</p>
        <Button onClick={() => setCreating(true)}>New token</Button>
      </div>
      <QueryState query={query} what="The tokens">
        {({ tokens }) => (
          <DataTable<TokenRecord>
            label="API tokens"
            rows={tokens}
            rowKey={token => token.id}
            empty="No tokens. The Wazuh integrator needs one with the scope “ingest”."
            columns={[
              { title: 'Name', cell: token => visibleText(token.name) },
              { title: 'May', cell: token => token.scopes.join(', ') },
              { title: 'Owner', cell: token => token.owner.displayName },
              {
                title: 'Expires',
                cell: token => (token.expiresMs === null ? 'never' : <Moment atMs={token.expiresMs} />),
              },
              {
                title: 'Last used',
                cell: token => (token.lastUsedMs === null ? 'never' : <Moment atMs={token.lastUsedMs} />),
              },
              {
                title: 'Actions',
                hidden: true,
                cell: token => (
                  <Button
                    look="danger"
                    busy={revoke.isPending && revoke.variables === token.id}
                    onClick={() => revoke.mutate(token.id)}
                  >
                    Revoke
                  </Button>
                ),
              },
            ]}
          />
        )}
      </QueryState>
      {creating && (
        <NewTokenDialog
          onClose={() => setCreating(false)}
          onCreated={created => {
            setCreating(false)
            setSecret(created)
          }}
        />
      )}
      {secret !== undefined && (
        <SecretDialog
          title="Your new token"
          secret={secret}
          hint="Send it as “Authorization: Bearer …”."
          onClose={() => setSecret(undefined)}
        />
      )}
    </div>
  )
}

function NewTokenDialog({
  onClose,
  onCreated,
}: {
  onClose: () => void
  onCreated: (secret: string) => void
}) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const isAdmin = useMay('admin')
  const [scopes, setScopes] = useState<readonly Scope[]>(['read'])
  const [days, setDays] = useState('90')
  const create = async () => {
    const { secret } = await createToken({
      name: name.trim(),
      scopes: [...scopes],
      expiresInDays: days === 'never' ? null : Number(days),
    })
    await client.invalidateQueries({ queryKey: ['tokens'] })
    onCreated(secret)
  }
  return (
    <FormDialog title="New token" action="Create" ready={scopes.length > 0} send={create} onClose={onClose}>
      <TextField
        label="Name"
        hint="What will use it, and where."
        required
        maxLength={100}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      <ChoiceList
        legend="May"
        options={Object.entries(scopeWords)
          .filter(([scope]) => scope !== 'scim' || isAdmin)
          .map(([scope, words]) => ({ value: scope as Scope, label: `${scope}: ${words}` }))} // Its keys are the scopes.
        chosen={scopes}
        onChange={chosen => setScopes([...chosen])}
      />
      <SelectField
        label="Expires"
        value={days}
        onChange={event => setDays(event.target.value)}
        options={[
          { value: '30', label: 'in 30 days' },
          { value: '90', label: 'in 90 days' },
          { value: '365', label: 'in a year' },
          { value: 'never', label: 'never' },
        ]}
      />
    </FormDialog>
  )
}
