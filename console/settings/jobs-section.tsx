import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SetAsideJob } from '../../src/http/contract-jobs.ts'
import { useMay } from '../api/session.ts'
import { dropJob, listSetAsideJobs, retryJob } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Work that is tried no more, and why. Somebody looks, and has it tried again once the cause is gone. */
export function JobsSection() {
  const client = useQueryClient()
  const mayDecide = useMay('admin')
  const query = useQuery({
    queryKey: ['set-aside-jobs'],
    queryFn: ({ signal }) => listSetAsideJobs(signal),
    refetchInterval: 15_000,
  })
  const changed = () => client.invalidateQueries({ queryKey: ['set-aside-jobs'] })
  const retry = useMutation({
    mutationFn: retryJob,
    onSuccess: async () => {
      await changed()
      toast('It is tried again.')
    },
    onError: error => toastFailure('It is still set aside', error),
  })
  const drop = useMutation({
    mutationFn: dropJob,
    onSuccess: async () => {
      await changed()
      toast('It is thrown away.')
    },
    onError: error => toastFailure('It is still set aside', error),
  })
  return (
    <div className="grid gap-3">
      <p className="text-muted">
        Work that failed for good, or took down the processes that tried it. Nothing here is tried again by
        itself.
      </p>
      <QueryState query={query} what="The jobs">
        {({ jobs, total }) => (
          <>
            <DataTable<SetAsideJob>
              label="Jobs set aside"
              rows={jobs}
              rowKey={job => String(job.id)}
              empty="No job is set aside."
              columns={[
                { title: 'Queued', cell: job => <Moment atMs={job.createdMs} /> },
                {
                  title: 'Job',
                  cell: job => (
                    <>
                      {job.kind}
                      <span className="block font-mono text-xs text-muted">
                        <Untrusted text={job.key} limit={100} />
                      </span>
                    </>
                  ),
                },
                {
                  title: 'Why',
                  cell: job => (
                    <>
                      <Untrusted text={job.error} limit={300} />
                      <span className="block text-xs text-muted">
                        {job.attempts} tries{job.crashes > 0 && `, ${job.crashes} workers lost`}
                      </span>
                    </>
                  ),
                },
                ...(mayDecide
                  ? [
                      {
                        title: 'Actions',
                        hidden: true as const,
                        cell: (job: SetAsideJob) => (
                          <span className="flex gap-2">
                            <Button
                              busy={retry.isPending && retry.variables === job.id}
                              onClick={() => retry.mutate(job.id)}
                            >
                              Try again
                            </Button>
                            <Button
                              look="danger"
                              busy={drop.isPending && drop.variables === job.id}
                              onClick={() => drop.mutate(job.id)}
                            >
                              Throw away
                            </Button>
                          </span>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
            {total > jobs.length && (
              <p className="text-muted">
                The newest {jobs.length} of {total.toLocaleString('en')}.
              </p>
            )}
          </>
        )}
      </QueryState>
    </div>
  )
}
