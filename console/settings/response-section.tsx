import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ResponsePolicyView, SettingsVersion } from '../../src/http/contract-respond.ts'
import { ProofDialog } from '../account/proof-dialog.tsx'
import { changeResponseSettings, decideResponseSettings, readResponsePolicy } from '../api/respond.ts'
import { useMay, usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ResponseForm } from './response-form.tsx'

/** What holds about actions: what they take, what they may not touch, and who changed it. */
export function ResponseSection() {
  const query = useQuery({
    queryKey: ['response-settings'],
    queryFn: ({ signal }) => readResponsePolicy(signal),
  })
  return (
    <QueryState query={query} what="The response settings">
      {policy => <Policy policy={policy} />}
    </QueryState>
  )
}

function Policy({ policy }: { policy: ResponsePolicyView }) {
  const client = useQueryClient()
  const mayChange = useMay('admin')
  const [changing, setChanging] = useState(false)
  const waiting = policy.versions.find(each => each.state === 'waiting')
  const change = useMutation({
    mutationFn: changeResponseSettings,
    onSuccess: async ({ state }) => {
      await client.invalidateQueries({ queryKey: ['response-settings'] })
      toast(state === 'active' ? 'It holds from now on.' : 'It waits for a second admin.')
      setChanging(false)
    },
  })
  return (
    <div className="grid grid-cols-1 gap-6">
      {waiting !== undefined && <Waiting version={waiting} otherAdmins={policy.otherAdmins} />}
      <p>
        {policy.effective.dryRun
          ? 'A dry run: approved actions are shown and not sent. '
          : 'Approved actions are sent. '}
        Proposals stay open for {policy.effective.expiryMinutes} minutes; proof of identity counts for{' '}
        {policy.effective.stepUpMinutes}. Settings come from <code>{policy.file.path}</code> and from here;
        the stricter of both holds, and is read anew when an action is carried out.
      </p>
      {changing ? (
        <ResponseForm
          policy={policy}
          busy={change.isPending}
          error={change.error}
          onSave={body => change.mutate(body)}
          onCancel={() => setChanging(false)}
        />
      ) : (
        mayChange && (
          <Button className="justify-self-start" onClick={() => setChanging(true)}>
            Change
          </Button>
        )
      )}
      <Section title="Actions">
        <DataTable
          label="Actions and what each takes"
          rows={policy.actions}
          rowKey={action => action.name}
          empty="There are none."
          columns={[
            { title: 'Action', cell: action => action.title },
            { title: 'Approvers', cell: action => `${action.approvers} besides whoever asks` },
            { title: 'Proof anew', cell: action => (action.stepUp ? 'yes' : 'no') },
            {
              title: 'Effect',
              cell: action =>
                ({ reads: 'reads', reversible: 'can be undone', irreversible: 'for good' })[action.effect],
            },
            {
              title: 'With these accounts',
              cell: action => (action.unstaffed === null ? 'can be approved' : 'cannot be approved'),
            },
          ]}
        />
        <p className="text-muted">{policy.actions.find(each => each.unstaffed !== null)?.unstaffed}</p>
      </Section>
      <Section title="Protected: refused whoever asks">
        <DataTable
          label="Protected assets"
          rows={[
            ...policy.console.protectedAssets.map(asset => ({ ...asset, from: 'here' })),
            ...policy.file.settings.protectedAssets.map(asset => ({ ...asset, from: 'the file' })),
            ...policy.effective.builtInProtection.map(asset => ({ ...asset, from: 'built in' })),
          ].map((asset, at) => ({ ...asset, at }))}
          // The same asset may stand in several places, and twice in one.
          rowKey={asset => String(asset.at)}
          empty="Nothing."
          columns={[
            { title: 'Kind', cell: asset => asset.kind },
            { title: 'Value', cell: asset => <Untrusted text={asset.value} /> },
            { title: 'Why', cell: asset => <Untrusted text={asset.why} /> },
            { title: 'From', cell: asset => asset.from },
          ]}
        />
        <p className="text-muted">The Wazuh manager itself (agent 000) is never acted upon.</p>
      </Section>
      <Section title="Changes">
        <DataTable<SettingsVersion>
          label="Changes of these settings"
          rows={policy.versions}
          rowKey={each => String(each.version)}
          empty="Nothing was changed here yet."
          columns={[
            { title: 'Version', cell: each => each.version },
            { title: 'State', cell: each => each.state },
            { title: 'By', cell: each => each.changedBy.displayName },
            { title: 'When', cell: each => <Moment atMs={each.changedMs} /> },
            { title: 'Why', cell: each => <Untrusted text={each.reason} /> },
            { title: 'Allows what was not allowed', cell: each => each.weakens.join('; ') || 'nothing' },
            { title: 'Decided by', cell: each => each.decidedBy?.displayName ?? '' },
          ]}
        />
      </Section>
    </div>
  )
}

/** A change that weakens: shown as such, until another admin has decided. */
function Waiting({ version, otherAdmins }: { version: SettingsVersion; otherAdmins: number }) {
  const client = useQueryClient()
  const person = usePerson()
  const mayDecide = useMay('admin')
  const own = version.changedBy.id === person.id
  const decide = useMutation({
    mutationFn: () => decideResponseSettings(version.version, false),
    onSuccess: () => client.invalidateQueries({ queryKey: ['response-settings'] }),
    onError: error => toastFailure('Nothing was decided', error),
  })
  const [confirming, setConfirming] = useState(false)
  return (
    <section aria-label="A change that waits" className="grid gap-2 border-l-2 border-high py-1 pl-3">
      <h2 className="font-semibold">
        {version.changedBy.displayName} asks to loosen the rules (version {version.version})
      </h2>
      <ul className="list-disc pl-5">
        {version.weakens.map(each => (
          <li key={each}>
            <Untrusted text={each} />
          </li>
        ))}
      </ul>
      <p className="text-muted">
        Why: <Untrusted text={version.reason} />
      </p>
      {own && (
        <p>
          {otherAdmins === 0
            ? 'It takes a second admin, and there is none. Whoever runs the machine can write it into the file instead.'
            : 'Another admin has to confirm it.'}
        </p>
      )}
      {mayDecide && (
        <div className="flex gap-2">
          {!own && <Button onClick={() => setConfirming(true)}>Confirm…</Button>}
          <Button look="danger" busy={decide.isPending} onClick={() => decide.mutate()}>
            {own ? 'Take it back' : 'Reject'}
          </Button>
        </div>
      )}
      {confirming && (
        <ProofDialog
          title="Loosen the rules"
          action="Confirm"
          danger
          onClose={() => setConfirming(false)}
          onProof={async proof => {
            await decideResponseSettings(version.version, true, proof)
            await client.invalidateQueries({ queryKey: ['response-settings'] })
          }}
        >
          <p>It holds from then on, for actions that are already approved too.</p>
        </ProofDialog>
      )}
    </section>
  )
}
