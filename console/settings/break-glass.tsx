import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProofDialog } from '../account/proof-dialog.tsx'
import { readBreakGlass, sealBreakGlass } from '../api/factors.ts'
import { usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { SecretDialog } from './secret-dialog.tsx'

const words = {
  none: 'There is none. Make one while you can get in: print its password, seal it in an envelope, and lock it away.',
  sealed: 'It is sealed: nobody has used its password.',
  used: 'Its password was used up: seal it anew.',
} as const

/** The account for the day on which nobody else can get in. */
export function BreakGlass() {
  const client = useQueryClient()
  const own = usePerson().username === 'break-glass'
  const query = useQuery({ queryKey: ['break-glass'], queryFn: ({ signal }) => readBreakGlass(signal) })
  const [sealing, setSealing] = useState(false)
  const [password, setPassword] = useState<string>()
  return (
    <QueryState query={query} what="The break-glass account">
      {({ state, uses }) => (
        <div className="grid gap-3">
          <p className="text-muted">
            {words[state]} It opens once, for an hour, without a second factor, and approves nothing.
          </p>
          {!own && (
            <Button className="justify-self-start" onClick={() => setSealing(true)}>
              {state === 'none' ? 'Make and seal it' : 'Seal it anew'}
            </Button>
          )}
          {uses.length > 0 && (
            <ul className="grid gap-1 text-sm">
              {uses.map(use => (
                <li key={use.id}>
                  <Moment atMs={use.atMs} />: <Untrusted text={use.reason} limit={300} />
                </li>
              ))}
            </ul>
          )}
          {sealing && (
            <ProofDialog
              title="Seal the break-glass account"
              action="Show the password"
              onClose={() => setSealing(false)}
              onProof={async proof => {
                setPassword((await sealBreakGlass(proof)).password)
                setSealing(false)
                await client.invalidateQueries({ queryKey: ['break-glass'] })
              }}
            >
              <p>An earlier password is void from then on, and a session that it opened ends.</p>
            </ProofDialog>
          )}
          {password !== undefined && (
            <SecretDialog
              title="Password of the account “break-glass”"
              secret={password}
              hint="Print it, seal it, lock it away. It works once."
              onClose={() => setPassword(undefined)}
            />
          )}
        </div>
      )}
    </QueryState>
  )
}
