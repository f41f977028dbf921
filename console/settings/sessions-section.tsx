import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionRecord } from '../../src/http/contract-accounts.ts'
import { FactorList } from '../account/factor-list.tsx'
import { deleteSession, listSessions } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { PasswordForm } from './password-form.tsx'

/** What opens this account: its second factors, where it is signed in, its password. */
export function SessionsSection() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => listSessions(signal) })
  const end = useMutation({
    mutationFn: deleteSession,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['sessions'] })
      toast('That session has ended.')
    },
    onError: error => toastFailure('The session goes on', error),
  })
  return (
    <div className="grid gap-6">
      <Section title="Second factor">
        <FactorList />
      </Section>
      <Section title="Where you are signed in">
        <QueryState query={query} what="Your sessions">
          {({ sessions }) => (
            <DataTable<SessionRecord>
              label="Your sessions"
              rows={sessions}
              rowKey={each => each.id}
              empty="No session."
              columns={[
                { title: 'Address', cell: each => each.address },
                {
                  title: 'Browser',
                  cell: each => (
                    <span className="block min-w-52">
                      <Untrusted text={each.userAgent} limit={200} />
                      {each.current && <span className="ml-2 font-semibold">this one</span>}
                      <span className="block text-xs text-muted">opened by {each.method}</span>
                    </span>
                  ),
                },
                { title: 'Signed in', cell: each => <Moment atMs={each.createdMs} /> },
                { title: 'Last used', cell: each => <Moment atMs={each.lastUsedMs} /> },
                { title: 'Ends', cell: each => <Moment atMs={each.expiresMs} /> },
                {
                  title: 'Actions',
                  hidden: true,
                  cell: each =>
                    !each.current && (
                      <Button
                        busy={end.isPending && end.variables === each.id}
                        onClick={() => end.mutate(each.id)}
                      >
                        End
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </QueryState>
      </Section>
      <Section title="Change your password">
        <PasswordForm onDone={() => toast('Changed. Your other sessions have ended.')} />
      </Section>
    </div>
  )
}
