import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useMay } from '../api/session.ts'
import { listPacks, listScans, scanFile } from '../api/yara.ts'
import { Button } from '../components/button.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'
import { PackEditor } from '../yara/pack-editor.tsx'
import { PackList } from '../yara/pack-list.tsx'
import { ScanResult } from '../yara/scan-result.tsx'
import { ScanUpload } from '../yara/scan-upload.tsx'

/** Scans files with YARA in the server, and keeps the rule packs that it scans with. */
export function Page() {
  const client = useQueryClient()
  const mayWrite = useMay('analyst')
  const [writing, setWriting] = useState(false)
  const packs = useQuery({ queryKey: ['yara', 'packs'], queryFn: ({ signal }) => listPacks(signal) })
  const scans = useQuery({ queryKey: ['yara', 'scans'], queryFn: ({ signal }) => listScans(signal) })
  const scan = useMutation({
    mutationFn: async ({ files, names }: { files: readonly File[]; names: readonly string[] }) => {
      for (const file of files) await scanFile(file, names)
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['yara'] }),
    onError: error => toastFailure('Not scanned', error),
  })
  return (
    <>
      <PageHeading title="YARA">
        {mayWrite && !writing && <Button onClick={() => setWriting(true)}>Add rules</Button>}
      </PageHeading>
      <div className="grid max-w-5xl grid-cols-1 gap-6 px-4 pb-8">
        {writing && <PackEditor onDone={() => setWriting(false)} />}
        <QueryState query={packs} what="The rule packs">
          {data => (
            <>
              {mayWrite && data.packs.some(pack => pack.state === 'active') && (
                <ScanUpload
                  packs={data.packs.filter(pack => pack.state === 'active')}
                  limits={data.limits}
                  busy={scan.isPending}
                  onScan={(files, names) => scan.mutate({ files, names })}
                />
              )}
              <Section title="Rule packs">
                <PackList packs={data.packs} />
              </Section>
            </>
          )}
        </QueryState>
        <Section title="Scanned lately">
          <QueryState query={scans} what="The scans">
            {data =>
              data.scans.length === 0 ? (
                <p className="text-muted">
                  No file was scanned yet. What was found is kept, the files are not.
                </p>
              ) : (
                <ul className="grid gap-3">
                  {data.scans.map((each, at) => (
                    <ScanResult key={each.id} scan={each} open={at === 0} />
                  ))}
                </ul>
              )
            }
          </QueryState>
        </Section>
      </div>
    </>
  )
}
