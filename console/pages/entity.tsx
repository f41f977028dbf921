import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EntityPivot } from '../../src/http/contract-entities.ts'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { readEntity } from '../api/cases.ts'
import { useRenewal } from '../api/use-renewal.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { entityTypeWords } from '../components/entity-type.ts'
import { caseHref, entityHref, Link } from '../components/link.tsx'
import { Age, Moment } from '../components/moment.tsx'
import { useTitle } from '../components/page-heading.tsx'
import { Section } from '../components/section.tsx'
import { SeverityMark } from '../components/severity.tsx'
import { EmptyState, ErrorState, Loading } from '../components/states.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { VerdictLabel } from '../components/verdict.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { useGo, useRouteParameter } from '../router.tsx'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'

/** One host, account, address …: every case that names it, and what it appears together with. */
export function Page() {
  const type = useRouteParameter('type')
  const value = useRouteParameter('value')
  const query = useQuery({
    queryKey: ['entity', type, value],
    queryFn: ({ signal }) => readEntity(type, value, signal),
  })
  useTitle(visibleText(value))
  useRenewal(
    ['entity', type, value],
    event => query.data === undefined || query.data.cases.some(each => each.id === event.caseId),
  )
  if (query.isPending) return <Loading lines={8} label="Loading the entity" />
  if (query.isError)
    return (
      <ErrorState
        what={`${visibleText(value)} could not be looked up.`}
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    )
  return <EntityPage entity={query.data} />
}

function EntityPage({ entity }: { entity: EntityPivot }) {
  return (
    <div className="@container">
      <header className="grid gap-1.5 border-b border-line px-4 py-3">
        <p className="text-muted">{entityTypeWords[entity.type].one}</p>
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="min-w-0 text-lg leading-snug font-semibold">
            <Untrusted text={entity.value} limit={500} />
          </h1>
          <CopyButton text={entity.value} />
          <QueueLink entity={entity} />
        </div>
        <p className="tabular flex flex-wrap gap-x-4 text-muted">
          <span>
            {count(entity.alertCount, 'alert')} in {count(entity.caseCount, 'case')}
          </span>
          {entity.firstSeenMs !== null && entity.lastSeenMs !== null && (
            <span>
              first <Moment atMs={entity.firstSeenMs} />, last <Moment atMs={entity.lastSeenMs} />
            </span>
          )}
        </p>
      </header>
      <div className="grid gap-8 p-4 @3xl:grid-cols-[minmax(0,1fr)_18rem]">
        <Section
          title={
            entity.caseCount > entity.cases.length
              ? `The latest ${entity.cases.length} of ${entity.caseCount.toLocaleString('en')} cases`
              : 'Cases'
          }
        >
          {entity.cases.length === 0 ? (
            <EmptyState title="No case names it." />
          ) : (
            <CaseList cases={entity.cases} />
          )}
        </Section>
        <Section title="Appears together with">
          {entity.related.length === 0 && <p className="text-muted">Nothing else, so far.</p>}
          <ul className="grid gap-0.5">
            {entity.related.map(each => (
              <li key={`${each.type} ${each.value}`} className="flex min-h-6 items-baseline gap-2">
                <Link
                  href={entityHref(each.type, each.value)}
                  className="min-w-0 wrap-anywhere text-accent hover:underline"
                >
                  {visibleText(each.value)}
                </Link>
                <span className="tabular ml-auto shrink-0 text-xs text-muted">
                  {entityTypeWords[each.type].one}, {count(each.caseCount, 'case')}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      </div>
    </div>
  )
}

/** The same in the queue, where it can be filtered further. */
function QueueLink({ entity: { type, value } }: { entity: EntityPivot }) {
  const name = type === 'host' || type === 'user' ? type : 'text'
  return (
    <Link href={`/?${name}=${encodeURIComponent(value)}&status=all`} className="text-accent underline">
      Show in the queue
    </Link>
  )
}

function CaseList({ cases }: { cases: readonly CaseSummary[] }) {
  const go = useGo()
  const [at, setAt] = useState(-1)
  const move = (to: number) => {
    const next = Math.max(0, Math.min(cases.length - 1, to))
    setAt(next)
    document.querySelector<HTMLElement>(`[data-case-index="${next}"] a`)?.focus()
  }
  const open = () => {
    const current = cases[at]
    if (current !== undefined) go(caseHref(current.id))
  }
  useShortcuts([
    { keys: 'j', label: 'Next case', group: 'Entity', palette: false, run: () => move(at + 1) },
    { keys: 'k', label: 'Previous case', group: 'Entity', palette: false, run: () => move(at - 1) },
    { keys: 'o', label: 'Open', group: 'Entity', palette: false, run: open },
  ])
  return (
    <ul>
      {cases.map((each, index) => {
        const verdict = each.verdict ?? each.proposedVerdict
        return (
          <li
            key={each.id}
            data-case-index={index}
            className="grid grid-cols-[1rem_minmax(0,1fr)_7.5rem_3rem] items-center gap-3 border-b border-line py-1.5 max-sm:grid-cols-[1rem_minmax(0,1fr)_3rem]"
          >
            <SeverityMark severity={each.severity} />
            <div className="min-w-0">
              <Link href={caseHref(each.id)} className="block truncate font-medium hover:underline">
                {visibleText(each.title)}
              </Link>
              {each.headline !== null && <p className="truncate text-muted">{visibleText(each.headline)}</p>}
            </div>
            <span className="max-sm:hidden">
              {verdict !== null && (
                <VerdictLabel
                  verdict={verdict}
                  proposed={each.verdict === null}
                  confidence={each.verdict === null ? each.confidence : null}
                  short
                />
              )}
            </span>
            <span className="tabular text-right text-muted">
              <Age atMs={each.lastSeenMs} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}
