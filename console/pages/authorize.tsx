import { useMutation, useQuery } from '@tanstack/react-query'
import type { ConsentBody } from '../../src/http/contract-oauth.ts'
import { getJson, sendJson } from '../api/request.ts'
import { usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { EmptyState } from '../components/states.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { useSearchValues } from '../router.tsx'

/** A program asks to read with the person's rights (OAuth consent). The address holds what it asked for. */
export function Page() {
  const [search] = useSearchValues()
  const person = usePerson()
  const asked = { client_id: search.client_id ?? '', redirect_uri: search.redirect_uri ?? '' }
  const query = useQuery({
    queryKey: ['consent', asked],
    queryFn: ({ signal }) =>
      getJson<{ clientName: string; redirectHost: string }>('/api/oauth/consent', signal, asked),
    retry: false,
    enabled: asked.client_id !== '',
  })
  const decide = useMutation({
    mutationFn: (allow: boolean) =>
      sendJson<{ redirectTo: string }>('POST', '/api/oauth/consent', {
        ...asked,
        code_challenge: search.code_challenge ?? '',
        // The server takes S256 and nothing else.
        code_challenge_method: search.code_challenge_method as 'S256',
        ...(search.state === undefined ? {} : { state: search.state }),
        ...(search.resource === undefined ? {} : { resource: search.resource }),
        allow,
      } satisfies ConsentBody),
    onSuccess: ({ redirectTo }) => window.location.assign(redirectTo),
    onError: error => toastFailure('Not decided', error),
  })
  return (
    <>
      <PageHeading title="Give access" />
      <div className="grid max-w-xl gap-3 px-4">
        {asked.client_id === '' ? (
          <EmptyState title="No program asks for anything.">
            <p>A program that wants to read opens this page itself, and says who it is in the address.</p>
          </EmptyState>
        ) : (
          <QueryState query={query} what="The program">
            {({ clientName, redirectHost }) => (
              <>
                <p className="text-base">
                  <strong>
                    <Untrusted text={clientName} limit={200} />
                  </strong>{' '}
                  wants to read alerts, cases and what Tocsin knows, with your rights ({person.displayName},{' '}
                  {person.role}). It goes back to <code className="font-mono">{redirectHost}</code>.
                </p>
                <ul className="list-disc pl-5">
                  <li>
                    It can search and read what you can, for an hour at a time, until you end it or 30 days
                    pass.
                  </li>
                  <li>It cannot change, propose or approve anything.</li>
                  <li>
                    The name is what the program says of itself: go on only if you have just started this.
                  </li>
                </ul>
                <div className="flex gap-2">
                  <Button look="primary" busy={decide.isPending} onClick={() => decide.mutate(true)}>
                    Let it read
                  </Button>
                  <Button disabled={decide.isPending} onClick={() => decide.mutate(false)}>
                    Refuse
                  </Button>
                </div>
              </>
            )}
          </QueryState>
        )}
      </div>
    </>
  )
}
