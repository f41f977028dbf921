import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Learner } from '../../src/http/contract-assistant.ts'
import { readLearners, requireLearning } from '../api/assistant.ts'
import { CheckField } from '../components/check-field.tsx'
import { DataTable } from '../components/data-table.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toastFailure } from '../components/toast.tsx'

/** Who must say what they think first, before the assistant answers on a case. For those who answer for juniors. */
export function LearningSection() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['learners'], queryFn: ({ signal }) => readLearners(signal) })
  const change = useMutation({
    mutationFn: ({ id, required }: { id: string; required: boolean }) => requireLearning(id, required),
    onSettled: () => client.invalidateQueries({ queryKey: ['learners'] }),
    onError: error => toastFailure('Nothing was changed', error),
  })
  return (
    <div className="grid gap-3">
      <p className="text-muted">
        In learning mode the assistant asks for a hypothesis first, on a case, and shows the evidence before
        its conclusion. What is required here a person cannot switch off.
      </p>
      <QueryState query={query} what="The people">
        {({ people }) => (
          <DataTable<Learner>
            label="Learning mode"
            rows={people}
            rowKey={each => each.id}
            empty="Nobody can sign in yet."
            columns={[
              { title: 'Name', cell: each => each.displayName },
              { title: 'Role', cell: each => each.role },
              {
                title: 'Required',
                cell: each => (
                  <CheckField
                    className="min-h-7"
                    checked={
                      change.isPending && change.variables.id === each.id
                        ? change.variables.required
                        : each.required
                    }
                    disabled={change.isPending}
                    onChange={required => change.mutate({ id: each.id, required })}
                  >
                    <span className="sr-only">Required of {each.displayName}</span>
                  </CheckField>
                ),
              },
              {
                title: 'State',
                cell: each =>
                  each.required
                    ? `required by ${each.requiredBy?.displayName ?? 'somebody who is gone'}`
                    : each.wanted
                      ? 'on, by their own wish'
                      : 'off',
              },
            ]}
          />
        )}
      </QueryState>
    </div>
  )
}
