import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { BriefRecord, EvidenceView } from '../../src/http/contract-briefs.ts'
import { readRawAlert } from '../api/cases.ts'
import { Button } from '../components/button.tsx'
import { Drawer } from '../components/drawer.tsx'
import { RawJson } from '../components/raw-json.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { readingOrder } from './reading-order.ts'

const trustWords: Readonly<Record<EvidenceView['trust'], { word: string; color: string }>> = {
  observed: { word: 'Observed by a sensor', color: 'text-good' },
  'attacker-controlled': { word: 'An attacker could have written this', color: 'text-attacker' },
  'knowledge-base': { word: 'From the pinned knowledge base', color: 'text-muted' },
  human: { word: 'Written by a colleague', color: 'text-muted' },
}

/** What a sentence rests on: the words it may quote, where they stand, and the document with that place marked. */
export function EvidenceDrawer({
  caseId,
  record,
  item,
  onOpen,
  onClose,
}: {
  caseId: string
  record: BriefRecord
  item: EvidenceView
  onOpen: (id: string) => void
  onClose: () => void
}) {
  const { brief } = record
  const order = readingOrder(record)
  const at = order.indexOf(item)
  const previous = order[at - 1]
  const next = order[at + 1]
  const trust = trustWords[item.trust]
  const citing = brief.claims.filter(claim => claim.evidence.some(each => each.id === item.id))
  return (
    <Drawer
      title={at < 0 ? `${item.id}, not cited` : `${item.id}: ${at + 1} of ${order.length} cited`}
      onClose={onClose}
      actions={
        <>
          <Button
            look="quiet"
            keys="E"
            disabled={previous === undefined}
            onClick={() => previous && onOpen(previous.id)}
          >
            <ChevronLeft aria-hidden="true" className="size-4" />
            <span className="sr-only">Previous evidence</span>
          </Button>
          <Button look="quiet" keys="e" disabled={next === undefined} onClick={() => next && onOpen(next.id)}>
            <ChevronRight aria-hidden="true" className="size-4" />
            <span className="sr-only">Next evidence</span>
          </Button>
        </>
      }
      summary={
        <div className="grid gap-3 p-3">
          <output className="block text-base font-medium">
            <Untrusted text={item.label} />
          </output>
          <blockquote className="rounded bg-sunken p-2 font-mono text-xs">
            <Untrusted text={item.quote} layout />
          </blockquote>
          <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 gap-y-1">
            <Fact name="Trust">
              <span className={trust.color}>{trust.word}</span>
            </Fact>
            <Fact name="Source">
              <Untrusted text={item.source} limit={300} />
            </Fact>
            {item.pointer !== '' && (
              <Fact name="Field">
                <span className="font-mono text-xs">
                  <Untrusted text={item.pointer} limit={300} />
                </span>
              </Fact>
            )}
            {Object.entries(item.facts ?? {}).map(([name, value]) => (
              <Fact key={name} name={name.replaceAll('_', ' ')}>
                <Untrusted text={String(value)} limit={300} />
              </Fact>
            ))}
          </dl>
          {citing.length > 0 && (
            <section>
              <h3 className="text-xs font-semibold text-muted">Cited by</h3>
              <ul className="list-disc pl-4">
                {citing.map(claim => (
                  <li key={claim.text}>
                    <Untrusted text={claim.text} limit={400} />
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      }
    >
      {item.pointer.startsWith('/') ? (
        <div className="p-3">
          <RawDocument caseId={caseId} alertKey={item.source} pointer={item.pointer} quote={item.quote} />
        </div>
      ) : undefined}
    </Drawer>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="wrap-anywhere text-muted first-letter:uppercase">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

/** One alert as its source gave it, in the drawer. */
export function RawAlertDrawer({
  caseId,
  alertKey,
  onClose,
}: {
  caseId: string
  alertKey: string
  onClose: () => void
}) {
  return (
    <Drawer title="Raw alert" onClose={onClose}>
      <div className="p-3">
        <RawDocument caseId={caseId} alertKey={alertKey} />
      </div>
    </Drawer>
  )
}

function RawDocument({
  caseId,
  alertKey,
  pointer,
  quote,
}: {
  caseId: string
  alertKey: string
  pointer?: string
  quote?: string
}) {
  const raw = useQuery({
    queryKey: ['raw-alert', caseId, alertKey],
    queryFn: ({ signal }) => readRawAlert(caseId, alertKey, signal),
    staleTime: Number.POSITIVE_INFINITY, // Raw alerts never change.
  })
  if (raw.isPending) return <Loading lines={8} label="Loading the raw alert" />
  if (raw.isError)
    return (
      <ErrorState
        what="The raw alert could not be read."
        error={raw.error}
        onRetry={() => void raw.refetch()}
      />
    )
  return (
    <RawJson
      raw={raw.data.raw}
      {...(pointer === undefined ? {} : { pointer })}
      {...(quote === undefined ? {} : { quote })}
    />
  )
}
