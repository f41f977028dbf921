import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PlaybookView } from '../../src/http/contract-playbooks.ts'
import { listPlaybooks, listRuns } from '../api/playbooks.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { RunView } from '../playbooks/run-view.tsx'
import { StartRun } from '../playbooks/start-run.tsx'
import { count } from '../text/count.ts'
import type { CaseSectionProps } from './case-sections.ts'

/** Saved investigations on this case: start one, go through it, and read those that others ran. */
export function PlaybookSection({ detail }: CaseSectionProps) {
  const caseId = detail.case.id
  const mayRun = useMay('analyst')
  const [starting, setStarting] = useState<PlaybookView>()
  const [open, setOpen] = useState<string>()
  const playbooks = useQuery({ queryKey: ['playbooks'], queryFn: ({ signal }) => listPlaybooks(signal) })
  const runs = useQuery({
    queryKey: ['playbook-runs', caseId],
    queryFn: ({ signal }) => listRuns(caseId, signal),
  })
  return (
    <div className="grid grid-cols-1 gap-3">
      <QueryState query={playbooks} what="The playbooks">
        {data =>
          data.playbooks.length === 0 ? (
            <p className="text-muted">
              No playbook is saved.{' '}
              {mayRun && (
                <Link href="/playbooks" className="text-accent underline">
                  Write one, or start from an example
                </Link>
              )}
            </p>
          ) : (
            mayRun && (
              <ul className="flex flex-wrap gap-1.5" aria-label="Playbooks to run">
                {data.playbooks.map(playbook => (
                  <li key={playbook.id}>
                    <Button onClick={() => setStarting(playbook)}>
                      Run <Untrusted text={playbook.name} limit={60} />
                    </Button>
                  </li>
                ))}
              </ul>
            )
          )
        }
      </QueryState>
      <QueryState query={runs} what="The runs">
        {data => (
          <ul className="grid grid-cols-1 gap-2" aria-label="Runs">
            {data.runs.map(run => (
              <li key={run.id} className="grid grid-cols-1 gap-2">
                <button
                  type="button"
                  aria-expanded={open === run.id}
                  className="flex flex-wrap items-baseline gap-x-3 rounded border border-line px-2 py-1 text-left hover:bg-selected"
                  onClick={() => setOpen(now => (now === run.id ? undefined : run.id))}
                >
                  <span className="font-medium">
                    <Untrusted text={run.name} limit={120} />
                  </span>
                  <span className="text-xs text-muted">
                    {run.taken} of {count(run.steps, 'step')}, {run.by?.displayName},{' '}
                    <Moment atMs={run.createdMs} />
                  </span>
                </button>
                {open === run.id && <RunView id={run.id} />}
              </li>
            ))}
          </ul>
        )}
      </QueryState>
      {starting !== undefined && (
        <StartRun
          playbook={starting}
          detail={detail}
          onClose={() => setStarting(undefined)}
          onStarted={id => {
            setStarting(undefined)
            setOpen(id)
          }}
        />
      )}
    </div>
  )
}
