import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AccountChanged, AccountRequest } from '../../src/http/contract-accounts.ts'
import { ProofDialog } from '../account/proof-dialog.tsx'
import { usePerson } from '../api/session.ts'
import { decideAccountRequest, listAccountRequests } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** What other admins asked for and this one may confirm, and what waits of one's own. Shows nothing where nothing waits. */
export function AccountRequests({
  onDecided,
  onIssued,
}: {
  onDecided: () => Promise<void>
  onIssued: (changed: AccountChanged) => void
}) {
  const me = usePerson().id
  const [confirming, setConfirming] = useState<AccountRequest>()
  const query = useQuery({
    queryKey: ['account-requests'],
    queryFn: ({ signal }) => listAccountRequests(signal),
  })
  const reject = useMutation({
    mutationFn: (id: string) => decideAccountRequest(id, false, undefined),
    onSettled: onDecided,
    onError: error => toastFailure('It still waits', error),
  })
  const requests = query.data?.requests ?? []
  if (requests.length === 0) return null
  return (
    <section aria-label="Waiting for a second admin" className="grid gap-3 border-l-2 border-high py-1 pl-3">
      <h2 className="font-semibold">Waiting for a second admin</h2>
      <ul className="grid gap-3">
        {requests.map(request => {
          const own = request.askedBy.id === me
          return (
            <li key={request.id} className="grid gap-1">
              <p>
                <Untrusted text={request.words} />
              </p>
              <p className="text-xs text-muted">
                <Untrusted text={own ? 'You' : request.askedBy.displayName} /> asked{' '}
                <Moment atMs={request.askedMs} />; it lapses <Moment atMs={request.expiresMs} />.
              </p>
              <div className="flex gap-2">
                {!own && <Button onClick={() => setConfirming(request)}>Confirm…</Button>}
                <Button look="danger" busy={reject.isPending} onClick={() => reject.mutate(request.id)}>
                  {own ? 'Take it back' : 'Reject'}
                </Button>
              </div>
            </li>
          )
        })}
      </ul>
      {confirming !== undefined && (
        <ProofDialog
          title={`Confirm what ${confirming.askedBy.displayName} asked for`}
          action="Confirm"
          onClose={() => setConfirming(undefined)}
          onProof={async proof => {
            const changed = await decideAccountRequest(confirming.id, true, proof)
            setConfirming(undefined)
            await onDecided()
            if (changed.oneTimePassword === null) toast('It is done.')
            else onIssued(changed)
          }}
        >
          <p>
            <Untrusted text={confirming.words} />
          </p>
          <p className="text-muted">
            Make sure, not by mail or chat, that this person exists and wants it: with your word somebody gets
            a say in what is done to hosts. A one-time password is shown to you alone.
          </p>
        </ProofDialog>
      )}
    </section>
  )
}
