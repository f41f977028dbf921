import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SeededSuggestionView } from '../../src/http/contract-governance.ts'
import { listSeeds, seedSuggestion } from '../api/governance.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { SelectField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { CaseLink } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast } from '../components/toast.tsx'
import { shortDuration } from '../text/format-time.ts'

const fates: Readonly<Record<SeededSuggestionView['fate'], string>> = {
  open: 'waits; only you see this',
  caught: 'caught',
  missed: 'approved',
  undecided: 'nobody decided',
}
const kinds = [
  { value: 'wrong-address', label: 'Block an address that the case knows nothing of' },
  { value: 'wrong-host', label: 'Isolate a host that has no part in the case (two approvers)' },
] as const

/** Bad suggestions among the real ones: whether anybody reads before approving. */
export function SeededSection() {
  const query = useQuery({ queryKey: ['governance', 'seeds'], queryFn: ({ signal }) => listSeeds(signal) })
  const [seeding, setSeeding] = useState(false)
  return (
    <Section title="Seeded bad suggestions">
      <p className="text-muted">
        A suggestion that is plainly wrong by its case, put into the inbox of approvals. It is never carried
        out, whatever anybody decides, and who decides is told at once. Tell your people that there are such
        checks.
      </p>
      <Button className="justify-self-start" onClick={() => setSeeding(true)}>
        Put one there
      </Button>
      <QueryState query={query} what="The checks">
        {({ seeds }) => (
          <DataTable
            label="Checks of the last year"
            rows={seeds}
            rowKey={({ proposalId }) => proposalId}
            empty="No check yet. One a month tells more than a policy."
            columns={[
              { title: 'When', cell: each => <Moment atMs={each.atMs} /> },
              {
                title: 'What is wrong',
                cell: each => <CaseLink id={each.caseId} title={each.whatIsWrong} />,
              },
              {
                title: 'Fate',
                cell: each => (
                  <span className={each.fate === 'missed' ? 'font-medium text-bad' : ''}>
                    {fates[each.fate]}
                  </span>
                ),
              },
              { title: 'Decided by', cell: each => each.decidedBy?.displayName ?? '—' },
              {
                title: 'After',
                cell: each => (each.seconds === null ? '—' : shortDuration(each.seconds * 1000)),
              },
            ]}
          />
        )}
      </QueryState>
      {seeding && <SeedDialog onClose={() => setSeeding(false)} />}
    </Section>
  )
}

function SeedDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient()
  const [kind, setKind] = useState<SeededSuggestionView['kind']>('wrong-address')
  const seed = async () => {
    const { whatIsWrong } = await seedSuggestion(kind)
    await client.invalidateQueries({ queryKey: ['governance', 'seeds'] })
    toast(`It waits among the approvals: ${whatIsWrong}.`)
    onClose()
  }
  return (
    <FormDialog title="Put a bad suggestion there" action="Put it there" send={seed} onClose={onClose}>
      <SelectField
        label="What"
        value={kind}
        onChange={event =>
          setKind(kinds.find(({ value }) => value === event.target.value)?.value ?? 'wrong-address')
        }
        options={kinds}
      />
      <p className="text-muted">
        Chance chooses the case. You stand as its requester, so you cannot decide on it.
      </p>
    </FormDialog>
  )
}
