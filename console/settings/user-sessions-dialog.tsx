import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SessionRecord, UserRecord } from '../../src/http/contract-accounts.ts'
import { deleteUserSession, listUserSessions } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Where somebody is signed in; an admin ends what should not be. */
export function UserSessionsDialog({ user, onClose }: { user: UserRecord; onClose: () => void }) {
  const client = useQueryClient()
  const queryKey = ['user-sessions', user.id]
  const query = useQuery({ queryKey, queryFn: ({ signal }) => listUserSessions(user.id, signal) })
  const end = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await deleteUserSession(user.id, id)
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
    onError: error => toastFailure('The session goes on', error),
  })
  return (
    <Dialog title={`Sessions of ${user.displayName}`} onClose={onClose} wide>
      <QueryState query={query} what="The sessions">
        {({ sessions }) =>
          sessions.length === 0 ? (
            <p className="text-muted">Signed in nowhere.</p>
          ) : (
            <div className="grid gap-3">
              <ul className="border-t border-line">
                {sessions.map(each => (
                  <SessionLine key={each.id} session={each} onEnd={() => end.mutate([each.id])} />
                ))}
              </ul>
              {sessions.length > 1 && (
                <Button
                  look="danger"
                  className="justify-self-start"
                  busy={end.isPending}
                  onClick={() => end.mutate(sessions.filter(each => !each.current).map(each => each.id))}
                >
                  End them all
                </Button>
              )}
            </div>
          )
        }
      </QueryState>
    </Dialog>
  )
}

function SessionLine({ session, onEnd }: { session: SessionRecord; onEnd: () => void }) {
  return (
    <li className="flex items-start justify-between gap-3 border-b border-line py-1.5">
      <div className="min-w-0">
        <p>
          {session.address}, by {session.method}
        </p>
        <p className="text-xs text-muted">
          <Untrusted text={session.userAgent} limit={160} />
        </p>
        <p className="text-xs text-muted">
          since <Moment atMs={session.createdMs} />, last used <Moment atMs={session.lastUsedMs} />
        </p>
      </div>
      {session.current ? (
        <span className="font-semibold">this one</span>
      ) : (
        <Button onClick={onEnd}>End</Button>
      )}
    </li>
  )
}
