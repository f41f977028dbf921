import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProofDialog } from '../account/proof-dialog.tsx'
import { readSignInRules, writeSignInRules } from '../api/factors.ts'
import { type Role, readSignInOptions, roleOrder } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { ChoiceList } from '../components/choice-list.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast } from '../components/toast.tsx'
import { BreakGlass } from './break-glass.tsx'

/** What signing in takes. */
export function SignInRulesSection() {
  const query = useQuery({
    queryKey: ['sign-in-rules'],
    queryFn: ({ signal }) => readSignInRules(signal),
  })
  return (
    <div className="grid gap-6">
      <Section title="Roles that take a second factor">
        <QueryState query={query} what="The sign-in rules">
          {rules => <RoleChoice key={rules.secondFactorRoles.join()} chosen={rules.secondFactorRoles} />}
        </QueryState>
      </Section>
      <Section title="Break-glass account">
        <BreakGlass />
      </Section>
      <Section title="Provider and directory">
        <ProviderState />
      </Section>
    </div>
  )
}

function ProviderState() {
  const options = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => readSignInOptions(signal),
  })
  return (
    <div className="grid gap-2 text-muted">
      <p>
        {options.data?.provider == null
          ? 'No OpenID provider is set up: sign-in.yaml in the data directory names one, and “tocsin sign-in check” tries it.'
          : `People sign in through ${options.data.provider} (sign-in.yaml). Their role comes from the groups that it names.`}
      </p>
      <p>
        A directory makes and deactivates accounts by SCIM 2.0 at {location.origin}/scim/v2, with an API token
        of the scope scim. Deactivation ends sessions and tokens and voids approvals at once.
      </p>
    </div>
  )
}

function RoleChoice({ chosen }: { chosen: readonly Role[] }) {
  const client = useQueryClient()
  const [roles, setRoles] = useState<readonly Role[]>(chosen)
  const [saving, setSaving] = useState(false)
  const same = roles.length === chosen.length && roles.every(role => chosen.includes(role))
  return (
    <div className="grid gap-3">
      <p className="text-muted">
        Who has such a role and signs in with a password alone can do nothing but add an authenticator app or
        a passkey. Their password alone then proves nothing at an approval either.
      </p>
      <ChoiceList
        legend="Roles"
        hideLegend
        options={roleOrder.map(value => ({ value, label: value }))}
        chosen={roles}
        onChange={setRoles}
      />
      <Button className="justify-self-start" disabled={same} onClick={() => setSaving(true)}>
        Save
      </Button>
      {saving && (
        <ProofDialog
          title="Change who needs a second factor"
          action="Save"
          onClose={() => setSaving(false)}
          onProof={async proof => {
            await writeSignInRules({ secondFactorRoles: [...roles] }, proof)
            await client.invalidateQueries({ queryKey: ['sign-in-rules'] })
            await client.invalidateQueries({ queryKey: ['session'] })
            toast('Saved.')
            setSaving(false)
          }}
        >
          <p>It holds from each person’s next request on.</p>
        </ProofDialog>
      )}
    </div>
  )
}
