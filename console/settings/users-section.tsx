import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import type { AccountChanged, UserRecord } from '../../src/http/contract-accounts.ts'
import type { Proof } from '../../src/http/contract-sign-in.ts'
import { ProofDialog } from '../account/proof-dialog.tsx'
import { type Role, readSignInOptions, roleOrder, usePerson } from '../api/session.ts'
import { changeUser, listUsers, resetFactors, resetPassword } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { inputClass } from '../components/field.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { Moment, useNow } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { AccountRequests } from './account-requests.tsx'
import { NewUserDialog } from './new-user-dialog.tsx'
import { OneTimePassword } from './one-time-password.tsx'
import { UserSessionsDialog } from './user-sessions-dialog.tsx'

/** Something that is done once it is proven who asks. */
interface Question {
  readonly title: string
  readonly action: string
  readonly danger?: boolean
  readonly hint?: string
  readonly run: (proof: Proof | undefined) => Promise<void>
}

/** Who may sign in, and as what. */
export function UsersSection() {
  const client = useQueryClient()
  const [creating, setCreating] = useState(false)
  const [issued, setIssued] = useState<AccountChanged>()
  const [asking, setAsking] = useState<Question>()
  const [watching, setWatching] = useState<UserRecord>()
  const query = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => listUsers(signal) })
  const renew = async () => {
    await client.invalidateQueries({ queryKey: ['users'] })
    await client.invalidateQueries({ queryKey: ['account-requests'] })
    await client.invalidateQueries({ queryKey: ['banners'] })
  }
  /** Says what came of it; a one-time password stays until it was kept. */
  const tell = async (changed: AccountChanged, words: (user: UserRecord) => string) => {
    await renew()
    if (changed.waiting !== null) toast('It waits for a second admin.')
    else if (changed.oneTimePassword !== null) setIssued(changed)
    else if (changed.user !== null) toast(words(changed.user))
  }
  const change = useMutation({
    mutationFn: ({
      id,
      ...changes
    }: {
      id: string
      role?: Role
      state?: UserRecord['state']
      linkable?: boolean
      proof?: Proof | undefined
    }) => changeUser(id, changes),
    onSuccess: changed => tell(changed, user => `${user.displayName}: ${user.role}, ${user.state}.`),
    onError: async error => {
      await renew()
      toastFailure('Nothing was changed', error)
    },
  })
  /** What lets somebody do more takes proof; what takes away is done at once. */
  const allow = (
    user: UserRecord,
    title: string,
    changes: { role?: Role; state?: 'active'; linkable?: true },
  ) =>
    setAsking({
      title,
      action: 'Allow it',
      run: async proof => {
        await change.mutateAsync({ id: user.id, ...changes, proof })
      },
    })
  const changeRole = (user: UserRecord, role: Role) =>
    roleOrder.indexOf(role) > roleOrder.indexOf(user.role)
      ? allow(user, `Make ${user.displayName} ${role}`, { role })
      : change.mutate({ id: user.id, role })
  return (
    <div className="grid gap-3">
      <div className="flex items-center justify-between gap-4">
        <p className="text-muted">
          Each role may do what those before it may. The last admin cannot be removed.
        </p>
        <Button onClick={() => setCreating(true)}>New account</Button>
      </div>
      <AccountRequests onDecided={renew} onIssued={setIssued} />
      <QueryState query={query} what="The accounts">
        {({ users }) => (
          <DataTable<UserRecord>
            label="Accounts"
            rows={users}
            rowKey={user => user.id}
            empty="No accounts."
            columns={[
              {
                title: 'Name',
                cell: user => (
                  <>
                    {user.displayName}{' '}
                    <span className="block text-xs text-muted">
                      {user.username}
                      {user.byProvider && ', through the provider'}
                      {user.externalId !== null && ', kept by the directory'}
                      {user.linkable && ', open to the provider'}
                    </span>
                  </>
                ),
              },
              {
                title: 'Role',
                cell: user => (
                  <select
                    disabled={user.kind === 'break-glass'}
                    className={`${inputClass} min-w-28`}
                    aria-label={`Role of ${user.displayName}`}
                    value={user.role}
                    onChange={
                      event => changeRole(user, event.target.value as Role) // Its options are the roles.
                    }
                  >
                    {roleOrder.map(role => (
                      <option key={role}>{role}</option>
                    ))}
                  </select>
                ),
              },
              { title: 'State', cell: user => <UserState user={user} /> },
              {
                title: 'Last sign-in',
                cell: user => (user.lastSignInMs === null ? 'never' : <Moment atMs={user.lastSignInMs} />),
              },
              {
                title: 'Actions',
                hidden: true,
                cell: user => (
                  <UserMenu
                    user={user}
                    onReset={() =>
                      setAsking({
                        title: `New one-time password for ${user.displayName}`,
                        action: 'Make it',
                        hint: 'Make sure that it is really them who asks. Their sessions end.',
                        run: async proof => {
                          await tell(await resetPassword(user.id, proof), () => '')
                        },
                      })
                    }
                    onResetFactors={() =>
                      setAsking({
                        title: `Take the second factors of ${user.displayName} away`,
                        action: 'Take them away',
                        danger: true,
                        hint: 'For who has lost them. Make sure that it is really them who asks. Their sessions end.',
                        run: async proof => {
                          const changed = await resetFactors(user.id, proof)
                          await tell(
                            changed,
                            ({ displayName }) => `${displayName} signs in with the password alone now.`,
                          )
                        },
                      })
                    }
                    onSessions={() => setWatching(user)}
                    onLink={linkable =>
                      linkable
                        ? allow(user, `Open ${user.displayName} to the provider`, { linkable })
                        : change.mutate({ id: user.id, linkable })
                    }
                    onState={state =>
                      state === 'active'
                        ? allow(user, `Enable ${user.displayName}`, { state })
                        : change.mutate({ id: user.id, state })
                    }
                  />
                ),
              },
            ]}
          />
        )}
      </QueryState>
      {creating && (
        <NewUserDialog
          onClose={() => setCreating(false)}
          onCreated={async reply => {
            setCreating(false)
            await tell(reply, () => '')
          }}
        />
      )}
      {issued !== undefined && <OneTimePassword changed={issued} onClose={() => setIssued(undefined)} />}
      {watching !== undefined && (
        <UserSessionsDialog user={watching} onClose={() => setWatching(undefined)} />
      )}
      {asking !== undefined && (
        <ProofDialog
          title={asking.title}
          action={asking.action}
          danger={asking.danger ?? false}
          onClose={() => setAsking(undefined)}
          onProof={async proof => {
            await asking.run(proof)
            setAsking(undefined)
          }}
        >
          {asking.hint !== undefined && <p>{asking.hint}</p>}
        </ProofDialog>
      )}
    </div>
  )
}

function UserState({ user }: { user: UserRecord }) {
  const now = useNow()
  if (user.state === 'disabled') return <span className="text-muted">disabled</span>
  if (user.lockedUntilMs !== null && user.lockedUntilMs > now)
    return (
      <span className="text-high">
        locked until <Moment atMs={user.lockedUntilMs} />
      </span>
    )
  return (
    <>
      {user.mustChangePassword ? 'has a one-time password' : 'active'}
      {user.countsFromMs !== null && (
        <span className="block text-xs text-high">
          has a say from <Moment atMs={user.countsFromMs} /> on
        </span>
      )}
    </>
  )
}

function UserMenu({
  user,
  onReset,
  onResetFactors,
  onSessions,
  onLink,
  onState,
}: {
  user: UserRecord
  onReset: () => void
  onResetFactors: () => void
  onSessions: () => void
  onLink: (linkable: boolean) => void
  onState: (state: UserRecord['state']) => void
}) {
  const self = usePerson().id === user.id
  const provider = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => readSignInOptions(signal),
  }).data?.provider
  return (
    <Menu
      align="end"
      trigger={
        <Button look="quiet">
          <Ellipsis aria-hidden="true" className="size-4" />
          <span className="sr-only">Actions for {user.displayName}</span>
        </Button>
      }
    >
      <MenuItem onSelect={onSessions}>Sessions</MenuItem>
      {user.kind === 'person' && (
        <>
          <MenuItem onSelect={onReset} disabled={self}>
            New one-time password
          </MenuItem>
          <MenuItem onSelect={onResetFactors} disabled={self}>
            Take second factors away
          </MenuItem>
          {provider && !user.byProvider && (
            <MenuItem onSelect={() => onLink(!user.linkable)}>
              {user.linkable ? 'Close to the provider again' : 'Open to the provider’s user of this name'}
            </MenuItem>
          )}
        </>
      )}
      <MenuItem onSelect={() => onState(user.state === 'active' ? 'disabled' : 'active')} disabled={self}>
        {user.state === 'active' ? 'Disable' : 'Enable'}
      </MenuItem>
    </Menu>
  )
}
