import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMay } from '../api/session.ts'
import { readSettings, replaySample } from '../api/settings.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { Link } from '../components/link.tsx'
import { EmptyState } from '../components/states.tsx'
import { toast, toastFailure } from '../components/toast.tsx'

/** An empty queue: because of the filter, because all is done, or because nothing is connected yet; and what to do. */
export function EmptyQueue({ filtered }: { filtered: boolean }) {
  const settings = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => readSettings(signal) })
  if (filtered)
    return (
      <EmptyState title="No case matches this view.">
        <Link href="/" className={buttonClass('plain')}>
          Show all open cases
        </Link>
      </EmptyState>
    )
  if (settings.data === undefined || settings.data.counts.cases > 0)
    return (
      <EmptyState title="Nothing is open.">
        <p>New cases appear here by themselves.</p>
        <Link href="/?status=closed&sort=newest" className={buttonClass('plain')}>
          Show closed cases
        </Link>
      </EmptyState>
    )
  const { sources, sample } = settings.data
  const connected = sources.filter(source => source.state === 'connected' || source.state === 'waiting')
  return (
    <EmptyState
      title={
        connected.length > 0
          ? 'Connected, and no alert has come in yet.'
          : 'No source of alerts is connected yet.'
      }
    >
      {connected.map(source => (
        <p key={source.name}>
          {source.name}: {source.detail}
        </p>
      ))}
      <ul className="grid gap-1 text-left">
        {sources.map(
          source =>
            source.hint !== null && (
              <li key={source.name}>
                <span className="font-medium text-ink">{source.name}</span>: {source.hint}
              </li>
            ),
        )}
      </ul>
      {sample.offered && !sample.loaded && <ReplaySample />}
    </EmptyState>
  )
}

function ReplaySample() {
  const client = useQueryClient()
  const mayReplay = useMay('admin')
  const replay = useMutation({
    mutationFn: replaySample,
    onSuccess: async ({ alerts }) => {
      toast(`${alerts} sample alerts taken in.`)
      await client.invalidateQueries()
    },
    onError: error => toastFailure('The sample was not taken in', error),
  })
  if (!mayReplay) return <p>An admin can take in the sample that Tocsin ships, to look around.</p>
  return (
    <>
      <Button look="primary" busy={replay.isPending} onClick={() => replay.mutate()}>
        Replay the sample
      </Button>
      <p>An invented intrusion among ordinary noise. It is labelled as a sample everywhere.</p>
    </>
  )
}
