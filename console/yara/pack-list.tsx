import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PackDetail, PackVersion } from '../../src/http/contract-yara.ts'
import { useMay } from '../api/session.ts'
import { readPack, switchPack } from '../api/yara.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { CodeEditor } from '../components/code-editor.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const stateWords = { draft: 'Draft', active: 'In use', retired: 'Retired' } as const

/** Every version of every pack; those who may can put one into use. */
export function PackList({ packs }: { packs: readonly PackVersion[] }) {
  const client = useQueryClient()
  const maySwitch = useMay('responder')
  const [shown, setShown] = useState<PackVersion>()
  const change = useMutation({
    mutationFn: ({ pack, state }: { pack: PackVersion; state: 'active' | 'retired' }) =>
      switchPack(pack, state),
    onSuccess: () => client.invalidateQueries({ queryKey: ['yara'] }),
    onError: error => toastFailure('Not changed', error),
  })
  return (
    <>
      <DataTable<PackVersion>
        label="Rule packs"
        rows={packs}
        rowKey={pack => `${pack.name} ${pack.version}`}
        empty="No rules yet. Add a pack, then put it into use: scans take the version in use of each pack."
        columns={[
          {
            title: 'Pack',
            cell: pack => (
              <LinkButton onClick={() => setShown(pack)}>
                {pack.name} {pack.version}
              </LinkButton>
            ),
          },
          {
            title: 'State',
            cell: pack => (
              <span className={pack.state === 'active' ? 'font-medium text-good' : 'text-muted'}>
                {stateWords[pack.state]}
              </span>
            ),
          },
          { title: 'Rules', cell: pack => <span className="tabular">{pack.ruleCount}</span> },
          { title: 'Files scanned', cell: pack => <span className="tabular">{pack.scans}</span> },
          { title: 'Added by', cell: pack => pack.uploadedBy.displayName },
          { title: 'Added', cell: pack => <Moment atMs={pack.uploadedMs} /> },
          {
            title: 'Change',
            hidden: true,
            cell: pack =>
              maySwitch &&
              (pack.state === 'active' ? (
                <Button look="quiet" onClick={() => change.mutate({ pack, state: 'retired' })}>
                  Retire
                </Button>
              ) : (
                <Button onClick={() => change.mutate({ pack, state: 'active' })}>Put into use</Button>
              )),
          },
        ]}
      />
      {shown !== undefined && <PackDialog pack={shown} onClose={() => setShown(undefined)} />}
    </>
  )
}

function PackDialog({ pack, onClose }: { pack: PackVersion; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['yara', 'pack', pack.name, pack.version],
    queryFn: ({ signal }) => readPack(pack, signal),
  })
  return (
    <Dialog title={`${pack.name} ${pack.version}`} onClose={onClose}>
      <QueryState query={query} what="The pack">
        {detail => (
          <div className="grid grid-cols-1 gap-3">
            <DataTable<PackDetail['rules'][number]>
              label="Rules of the pack"
              rows={detail.rules}
              rowKey={rule => rule.name}
              empty="No rule."
              columns={[
                { title: 'Rule', cell: rule => <Untrusted text={rule.name} /> },
                { title: 'Line', cell: rule => <span className="tabular">{rule.line}</span> },
                { title: 'Matches', cell: rule => <span className="tabular">{rule.matches}</span> },
                {
                  title: 'Last',
                  cell: rule => (rule.lastMatchMs === null ? 'never' : <Moment atMs={rule.lastMatchMs} />),
                },
              ]}
            />
            <CodeEditor label="Source" language="yara" readOnly value={detail.source} />
          </div>
        )}
      </QueryState>
    </Dialog>
  )
}
