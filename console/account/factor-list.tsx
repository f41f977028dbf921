import { useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { SecondFactor } from '../../src/http/contract-sign-in.ts'
import { listFactors, removeFactor, renewRecoveryCodes } from '../api/factors.ts'
import { browserHasPasskeys } from '../api/passkey.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { AddFactorDialog, RecoveryCodesDialog } from './add-factor-dialog.tsx'
import { ProofDialog } from './proof-dialog.tsx'

/** One's own second factors: what there is, adding and removing. */
export function FactorList() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['factors'], queryFn: ({ signal }) => listFactors(signal) })
  const [adding, setAdding] = useState<'totp' | 'passkey'>()
  const [removing, setRemoving] = useState<SecondFactor>()
  const [renewing, setRenewing] = useState(false)
  const [codes, setCodes] = useState<readonly string[]>()
  const renew = () => client.invalidateQueries({ queryKey: ['factors'] })
  return (
    <QueryState query={query} what="Your second factors">
      {({ factors, recoveryCodesLeft, passkeysPossible }) => (
        <div className="grid gap-3">
          {factors.length === 0 ? (
            <p className="text-muted">
              None: your password alone opens your account. With a second factor, a stolen password does not.
            </p>
          ) : (
            <ul className="border-t border-line">
              {factors.map(factor => (
                <FactorLine key={factor.id} factor={factor} onRemove={() => setRemoving(factor)} />
              ))}
            </ul>
          )}
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setAdding('totp')}>Add an authenticator app</Button>
            {passkeysPossible && browserHasPasskeys && (
              <Button onClick={() => setAdding('passkey')}>Add a passkey</Button>
            )}
          </div>
          {!passkeysPossible && (
            <p className="text-sm text-muted">
              Passkeys are bound to a name: they can be added where the console is opened at its own host
              name, not at an address.
            </p>
          )}
          {factors.length > 0 && (
            <p className="flex flex-wrap items-center gap-3 text-sm">
              <span className={recoveryCodesLeft < 3 ? 'font-medium text-high' : 'text-muted'}>
                {recoveryCodesLeft} recovery codes are left.
              </span>
              <Button look="quiet" onClick={() => setRenewing(true)}>
                New recovery codes
              </Button>
            </p>
          )}
          {adding !== undefined && <AddFactorDialog kind={adding} onClose={() => setAdding(undefined)} />}
          {removing !== undefined && (
            <ProofDialog
              title={`Remove “${removing.name}”`}
              action="Remove"
              danger
              onClose={() => setRemoving(undefined)}
              onProof={async proof => {
                await removeFactor(removing.id, proof)
                await renew()
                toast('Removed.')
                setRemoving(undefined)
              }}
            >
              <p>It no longer opens your account from now on.</p>
            </ProofDialog>
          )}
          {renewing && (
            <ProofDialog
              title="New recovery codes"
              action="Make new codes"
              onClose={() => setRenewing(false)}
              onProof={async proof => {
                setCodes((await renewRecoveryCodes(proof)).recoveryCodes)
                setRenewing(false)
                await renew()
              }}
            >
              <p>The old ones are void from then on.</p>
            </ProofDialog>
          )}
          {codes !== undefined && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(undefined)} />}
        </div>
      )}
    </QueryState>
  )
}

function FactorLine({ factor, onRemove }: { factor: SecondFactor; onRemove: () => void }) {
  const Icon = factor.kind === 'totp' ? Smartphone : KeyRound
  return (
    <li className="flex items-center justify-between gap-3 border-b border-line py-1.5">
      <div className="min-w-0">
        <p className="flex items-center gap-2 font-medium">
          <Icon aria-hidden="true" className="size-4 shrink-0" />
          <Untrusted text={factor.name} limit={100} />
        </p>
        <p className="text-xs text-muted">
          added <Moment atMs={factor.createdMs} />,{' '}
          {factor.lastUsedMs === null ? (
            'not used yet'
          ) : (
            <>
              last used <Moment atMs={factor.lastUsedMs} />
            </>
          )}
        </p>
      </div>
      <Button onClick={onRemove}>
        Remove<span className="sr-only"> {factor.name}</span>
      </Button>
    </li>
  )
}
