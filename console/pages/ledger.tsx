import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { LedgerEntryView } from '../../src/http/contract-ledger.ts'
import { listLedger, openLedgerContent } from '../api/ledger.ts'
import { failureText } from '../api/request.ts'
import { useMay } from '../api/session.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Drawer } from '../components/drawer.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { RawJson } from '../components/raw-json.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Each model call, decision and action, newest first; the prompt as sent and the answer as received on demand. */
export function Page() {
  const [opened, setOpened] = useState<LedgerEntryView>()
  const query = useInfiniteQuery({
    queryKey: ['ledger'],
    queryFn: ({ pageParam, signal }) => listLedger(pageParam, signal),
    initialPageParam: undefined as number | undefined, // The type of the pages to come: the first begins at the end.
    getNextPageParam: page => page.next ?? undefined,
  })
  return (
    <div className="flex min-h-0 flex-1">
      <div className="min-w-0 flex-1 overflow-y-auto">
        <PageHeading title="Ledger" />
        <div className="grid gap-4 px-4 pb-6">
          <QueryState query={query} what="The ledger">
            {({ pages }) => (
              <>
                <EntryTable entries={pages.flatMap(page => page.entries)} onOpen={setOpened} />
                {query.hasNextPage && (
                  <Button
                    className="justify-self-start"
                    busy={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    Older entries
                  </Button>
                )}
              </>
            )}
          </QueryState>
        </div>
      </div>
      {opened && <EntryDrawer key={opened.seq} entry={opened} onClose={() => setOpened(undefined)} />}
    </div>
  )
}

function EntryTable({
  entries,
  onOpen,
}: {
  entries: readonly LedgerEntryView[]
  onOpen: (entry: LedgerEntryView) => void
}) {
  return (
    <DataTable<LedgerEntryView>
      label="Ledger"
      rows={entries}
      rowKey={entry => String(entry.seq)}
      empty="Nothing is recorded yet. Model calls, approvals and actions will be, before they happen."
      columns={[
        { title: 'Entry', cell: entry => <span className="tabular">{entry.seq}</span> },
        { title: 'When', cell: entry => <Moment atMs={entry.atMs} precise /> },
        {
          title: 'What',
          cell: entry => (
            <LinkButton className="font-medium" onClick={() => onOpen(entry)}>
              {entry.kind.replaceAll('-', ' ')}
            </LinkButton>
          ),
        },
        {
          title: 'By',
          cell: entry => <Untrusted text={entry.by?.displayName ?? actorWords(entry.actor)} limit={80} />,
        },
        { title: 'About', cell: entry => <Untrusted text={entry.subject} limit={80} /> },
        { title: 'Outcome', cell: entry => <Untrusted text={summaryOf(entry)} limit={120} /> },
      ]}
    />
  )
}

/** A job or the program as it is; of a person without an account here the bare name. */
const actorWords = (actor: string) =>
  actor.startsWith('job:') ? `job ${actor.slice('job:'.length)}` : actor.replace(/^user:/, '')

/** The members of an entry that tell it at a glance. */
function summaryOf({ body }: LedgerEntryView): string {
  return ['setting', 'text', 'model', 'zone', 'status', 'decision', 'error']
    .flatMap(name => (typeof body[name] === 'string' ? [body[name]] : []))
    .join(', ')
}

function EntryDrawer({ entry, onClose }: { entry: LedgerEntryView; onClose: () => void }) {
  const mayOpen = useMay('approver')
  const content = useMutation({ mutationFn: () => openLedgerContent(entry.seq) })
  return (
    <Drawer title={`Entry ${entry.seq}`} onClose={onClose}>
      <div className="grid gap-4 p-3">
        <p className="wrap-anywhere">
          By <code className="text-xs">{entry.actor}</code>, about{' '}
          <code className="text-xs">{entry.subject}</code>
        </p>
        <p className="font-mono text-xs wrap-anywhere text-muted">{entry.hash}</p>
        <RawJson raw={JSON.stringify(entry.body)} />
        {entry.sealed.length > 0 && mayOpen && content.data === undefined && (
          <div className="grid gap-1">
            <Button className="justify-self-start" busy={content.isPending} onClick={() => content.mutate()}>
              Open {entry.sealed.join(', ')}
            </Button>
            <p className="text-muted">That you opened it is recorded.</p>
          </div>
        )}
        {content.isError && (
          <p role="alert" className="text-critical">
            {failureText(content.error)}
          </p>
        )}
        {content.data?.erased && <p>The key of this case was erased: nobody can read it any more.</p>}
        {content.data?.parts.map(part => (
          <section key={part.name} className="grid gap-1">
            <h3 className="font-semibold">{part.name}</h3>
            <pre className="font-mono text-xs whitespace-pre-wrap wrap-anywhere">
              <Untrusted text={part.text} limit={20_000} layout />
            </pre>
          </section>
        ))}
      </div>
    </Drawer>
  )
}
