import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Siren, UserPlus } from 'lucide-react'
import { acknowledgeBreakGlass, listBanners } from '../api/factors.ts'
import { useMay, usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const refreshMs = 30_000

/**
 * Says on every page that the break-glass account was used, until an admin of their own name has taken note; and which
 * accounts one admin alone gave a say in responses, for as long as that does not count yet.
 */
export function AccountBanners() {
  const client = useQueryClient()
  const admin = useMay('admin')
  const own = usePerson().username === 'break-glass'
  const query = useQuery({
    queryKey: ['banners'],
    queryFn: ({ signal }) => listBanners(signal),
    refetchInterval: refreshMs,
  })
  const acknowledge = useMutation({
    mutationFn: acknowledgeBreakGlass,
    onSettled: () => client.invalidateQueries({ queryKey: ['banners'] }),
    onError: error => toastFailure('The banner stays', error),
  })
  return (
    <div role="alert">
      {query.data?.breakGlass.map(use => (
        <div
          key={use.id}
          className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-bad bg-bad-tint px-4 py-1.5"
        >
          <p className="flex min-w-0 flex-1 items-start gap-2">
            <Siren aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
            <span>
              <span className="font-semibold">The break-glass account was used</span>{' '}
              <Moment atMs={use.atMs} /> from {use.address}: <Untrusted text={use.reason} limit={300} />
            </span>
          </p>
          {admin && !own && <Button onClick={() => acknowledge.mutate(use.id)}>I have looked into it</Button>}
        </div>
      ))}
      {query.data?.newVoices.map(({ person, role, by, atMs, countsFromMs }) => (
        <p key={person.id} className="flex items-start gap-2 border-b border-high bg-surface px-4 py-1.5">
          <UserPlus aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-high" />
          <span>
            <Untrusted text={by.displayName} /> alone gave <Untrusted text={person.displayName} /> the role or
            the password of {/^[aeiou]/.test(role) ? 'an' : 'a'} {role} (<Moment atMs={atMs} />
            ). It has a say in responses from <Moment atMs={countsFromMs} /> on: if you do not know this
            person, ask now.
          </span>
        </p>
      ))}
    </div>
  )
}
