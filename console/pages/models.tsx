import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ModelGates, ModelProfileView } from '../../src/http/contract-models.ts'
import { readModels } from '../api/governance.ts'
import { CheckField } from '../components/check-field.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { GateSettings } from '../governance/gate-settings.tsx'
import { ModelCard } from '../governance/model-card.tsx'
import { MoveDialog } from '../governance/move-dialog.tsx'

const order = ['active', 'canary', 'shadow', 'candidate', 'retired'] as const

/** Which model does what, what it had to pass, and who let it. */
export function Page() {
  const query = useQuery({ queryKey: ['model-gates'], queryFn: ({ signal }) => readModels(signal) })
  return (
    <>
      <PageHeading title="Models" />
      <div className="grid max-w-5xl grid-cols-1 gap-8 px-4 pb-8">
        <QueryState query={query} what="The models">
          {gates => (
            <>
              <Profiles gates={gates} />
              <GateSettings gates={gates} />
              <ChangeLog gates={gates} />
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}

function Profiles({ gates }: { gates: ModelGates }) {
  const [moving, setMoving] = useState<{ profile: ModelProfileView; to: string }>()
  const [showRetired, setShowRetired] = useState(false)
  const sorted = gates.profiles
    .filter(({ state }) => showRetired || state !== 'retired')
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  const retired = gates.profiles.filter(({ state }) => state === 'retired').length
  return (
    <Section title="Profiles">
      <p className="text-muted">
        A profile is one exact combination of model, prompts, policy and knowledge: a change of any of them is
        a new one.{' '}
        {gates.settings.enforced
          ? 'The gates are enforced: a new one is asked nothing before people let it.'
          : 'The gates are not enforced: a new one is in use at once.'}
      </p>
      {sorted.length === 0 && (
        <p className="py-4 text-muted">
          No model is set up. Models are named in models.yaml; everything works without.
        </p>
      )}
      <div className="grid gap-3">
        {sorted.map(profile => (
          <ModelCard key={profile.id} profile={profile} onMove={to => setMoving({ profile, to })} />
        ))}
      </div>
      {retired > 0 && (
        <CheckField className="text-sm text-muted" checked={showRetired} onChange={setShowRetired}>
          Show {retired} retired
        </CheckField>
      )}
      {moving !== undefined && (
        <MoveDialog {...moving} profiles={gates.profiles} onClose={() => setMoving(undefined)} />
      )}
    </Section>
  )
}

function ChangeLog({ gates }: { gates: ModelGates }) {
  return (
    <Section title="Change log">
      <DataTable
        label="Changes of models"
        rows={gates.log}
        rowKey={({ id }) => id}
        empty="No model has been set up yet: name one in models.yaml and start again."
        columns={[
          { title: 'When', cell: each => <Moment atMs={each.atMs} /> },
          { title: 'Profile', cell: each => <Untrusted text={each.name} /> },
          { title: 'Change', cell: each => `${each.from === null ? 'new' : each.from} → ${each.to}` },
          { title: 'By', cell: each => each.by?.displayName ?? 'Tocsin itself' },
          { title: 'Reason', cell: each => <Untrusted text={each.reason} /> },
        ]}
      />
    </Section>
  )
}
