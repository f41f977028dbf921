import { useEffect, useRef, useState } from 'react'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import { RequestFailure } from '../api/request.ts'
import { useMay, usePerson } from '../api/session.ts'
import { type BriefChoice, BriefSection, newestBriefs } from '../case/brief-section.tsx'
import { CaseHeader } from '../case/case-header.tsx'
import { type CaseSectionProps, caseSections } from '../case/case-sections.ts'
import { EvidenceDrawer, RawAlertDrawer } from '../case/evidence-drawer.tsx'
import { MergeDialog } from '../case/merge-dialog.tsx'
import { readingOrder } from '../case/reading-order.ts'
import { useCase, useNeighbours } from '../case/use-case.ts'
import { useCaseActions } from '../case/use-case-actions.ts'
import { VerdictDialog } from '../case/verdict-dialog.tsx'
import { VerdictPanel } from '../case/verdict-panel.tsx'
import { showInScroller } from '../components/centre-in-scroller.ts'
import { caseHref, Link } from '../components/link.tsx'
import { PageHeading, useTitle } from '../components/page-heading.tsx'
import { ReasonDialog } from '../components/reason-dialog.tsx'
import { Section } from '../components/section.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { type Verdict, verdictLooks, verdictOrder } from '../components/verdict.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { useClaimIfFree, useClaimOnOpen } from '../queue/claim-on-open.tsx'
import { lastQueueHref } from '../queue/last-queue.ts'
import { useGo, useRouteParameter, useSearchValues } from '../router.tsx'
import { visibleText } from '../text/visible-text.ts'

/** One case: the brief on the left, the decision on the right, everything it rests on one key away. */
export function Page() {
  const id = useRouteParameter('caseId')
  const query = useCase(id)
  if (query.isPending) return <Loading lines={12} label="Loading the case" />
  if (query.error instanceof RequestFailure && query.error.status === 404) return <NoSuchCase id={id} />
  if (query.isError)
    return (
      <ErrorState
        what={`Case ${visibleText(id)} could not be read.`}
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    )
  return <CasePage key={id} detail={query.data} />
}

function NoSuchCase({ id }: { id: string }) {
  return (
    <>
      <PageHeading title="There is no such case" />
      <p className="px-4">
        Nothing is stored under {visibleText(id)}.{' '}
        <Link href={lastQueueHref()} className="text-accent underline">
          Go to the queue
        </Link>
      </p>
    </>
  )
}

type Asking = { kind: 'verdict'; verdict: Verdict } | { kind: 'merge' } | { kind: 'reopen' }

function CasePage({ detail }: { detail: CaseDetail }) {
  const summary = detail.case
  const [search, setSearch] = useSearchValues()
  const [asking, setAsking] = useState<Asking>()
  const go = useGo()
  const person = usePerson()
  const mayTriage = useMay('analyst')
  const { claim, release, reopen, decide } = useCaseActions()
  const { previous, next } = useNeighbours(summary.id)
  const claimIfFree = useClaimIfFree(useClaimOnOpen())
  useTitle(visibleText(summary.title))

  const { computed, model } = newestBriefs(detail)
  const choice = choiceOf(search.brief, model !== undefined)
  // With both shown, evidence ids belong to the brief whose chip was used last (`of`).
  const record =
    (choice === 'computed' || (choice === 'both' && search.of === 'computed') ? computed : model) ?? computed
  const item = record?.evidence.find(each => each.id === search.e)
  const openEvidence = (evidenceId: string | undefined, of: 'computed' | 'model' | undefined = undefined) =>
    setSearch({ e: evidenceId, raw: undefined, of: choice === 'both' ? (of ?? search.of) : undefined })
  // Whoever goes through the evidence by key sees which sentence rests on it.
  const page = useRef<HTMLDivElement>(null)
  const openId = item?.id
  useEffect(() => {
    if (openId === undefined) return
    const chips =
      page.current?.querySelectorAll<HTMLElement>('button[aria-pressed=true][aria-label^="Evidence "]') ?? []
    showInScroller(...[...chips].filter(chip => chip.closest('details:not([open])') === null))
  }, [openId])
  const openRaw = (key: string | undefined) => setSearch({ raw: key, e: undefined })
  const step = (by: 1 | -1) => {
    const order = record === undefined ? [] : readingOrder(record)
    const at = order.findIndex(each => each.id === search.e)
    openEvidence(order[at < 0 ? (by === 1 ? 0 : order.length - 1) : at + by]?.id ?? search.e)
  }
  const rawOfOpen = () => {
    const key = item?.pointer.startsWith('/') ? item.source : detail.alerts.alerts.at(-1)?.key
    openRaw(search.raw === undefined ? key : undefined)
  }

  useShortcuts([
    { keys: 'e', label: 'Next evidence', group: 'Evidence', run: () => step(1) },
    { keys: 'E', label: 'Previous evidence', group: 'Evidence', run: () => step(-1) },
    { keys: 'r', label: 'Raw alert', group: 'Evidence', run: rawOfOpen },
    // Each only where it does something: what is listed is what works here.
    ...[
      { keys: 'j', label: 'Next case', to: next },
      { keys: 'k', label: 'Previous case', to: previous },
    ].flatMap(({ keys, label, to }) =>
      to === undefined
        ? []
        : [
            {
              keys,
              label,
              group: 'Case',
              run: () => {
                claimIfFree(to)
                go(caseHref(to.id))
              },
            },
          ],
    ),
    {
      keys: 'u',
      label: 'Back to the queue',
      group: 'Case',
      run: () => go(lastQueueHref()),
    },
    ...(model === undefined
      ? []
      : [
          {
            keys: 'b',
            label: 'Switch brief: model, computed, both',
            group: 'Case',
            run: () => setSearch({ brief: followingChoice[choice] }),
          },
        ]),
    ...(mayTriage && summary.status !== 'closed' && summary.assignee === null
      ? [{ keys: 'a', label: 'Claim', group: 'Case', run: () => claim.mutate({ id: summary.id }) }]
      : []),
    ...(mayTriage && summary.status !== 'closed' && summary.assignee?.id === person.id
      ? [{ keys: 'A', label: 'Give back', group: 'Case', run: () => release.mutate(summary.id) }]
      : []),
    ...(mayTriage
      ? [
          {
            keys: 'm',
            label: 'Merge other cases into this one',
            group: 'Case',
            run: () => setAsking({ kind: 'merge' }),
          },
        ]
      : []),
    ...(mayTriage && summary.status !== 'closed'
      ? verdictOrder.map((verdict, place) => ({
          keys: `v ${place + 1}`,
          label: verdictLooks[verdict].word,
          group: 'Verdict',
          run: () => setAsking({ kind: 'verdict', verdict }),
        }))
      : []),
  ])

  return (
    <div className="flex h-full">
      <div ref={page} className="@container relative min-w-0 flex-1 overflow-auto">
        <CaseHeader
          summary={summary}
          previous={previous}
          next={next}
          onOpen={claimIfFree}
          onClaim={takeOver => claim.mutate({ id: summary.id, takeOver })}
          onRelease={() => release.mutate(summary.id)}
          onMerge={() => setAsking({ kind: 'merge' })}
          onReopen={() => setAsking({ kind: 'reopen' })}
        />
        {/* One column: brief, verdict, the rest. Two: the decision stands beside. Three: so does what happened. */}
        <div className="grid grid-cols-1 gap-x-8 gap-y-6 p-4 @4xl:grid-cols-[minmax(0,1fr)_20rem] @4xl:grid-rows-[auto_1fr] @[92rem]:grid-cols-[minmax(0,44rem)_minmax(0,1fr)_20rem]">
          <div className="order-1 min-w-0">
            <BriefSection
              detail={detail}
              choice={choice}
              onChoice={brief => setSearch({ brief, of: undefined })}
              openId={item?.id}
              onOpen={(evidenceId, from) => openEvidence(evidenceId, from.brief.origin.kind)}
            />
          </div>
          <div className="contents @4xl:col-start-2 @4xl:row-span-2 @4xl:row-start-1 @4xl:grid @4xl:content-start @4xl:gap-6 @[92rem]:col-start-3">
            <div className="order-2">
              <VerdictPanel
                detail={detail}
                record={record}
                openId={item?.id}
                onOpen={evidenceId => openEvidence(evidenceId, record?.brief.origin.kind)}
                onVerdict={verdict => setAsking({ kind: 'verdict', verdict })}
              />
            </div>
            <div className="order-4 grid content-start gap-6">
              <Sections place="side" detail={detail} onRaw={openRaw} />
            </div>
          </div>
          <div className="order-3 grid min-w-0 content-start gap-6 @4xl:col-start-1 @4xl:row-start-2 @[92rem]:col-start-2 @[92rem]:row-start-1">
            <Sections place="main" detail={detail} onRaw={openRaw} />
          </div>
        </div>
      </div>
      {search.raw !== undefined ? (
        <RawAlertDrawer caseId={summary.id} alertKey={search.raw} onClose={() => openRaw(undefined)} />
      ) : (
        record !== undefined &&
        item !== undefined && (
          <EvidenceDrawer
            caseId={summary.id}
            record={record}
            item={item}
            onOpen={openEvidence}
            onClose={() => openEvidence(undefined)}
          />
        )
      )}
      {asking?.kind === 'merge' && <MergeDialog into={summary} onClose={() => setAsking(undefined)} />}
      {asking?.kind === 'reopen' && (
        <ReasonDialog
          title="Reopen the case"
          action="Reopen"
          busy={reopen.isPending}
          onClose={() => setAsking(undefined)}
          onSubmit={reason =>
            reopen.mutate({ id: summary.id, reason }, { onSuccess: () => setAsking(undefined) })
          }
        />
      )}
      {asking?.kind === 'verdict' && (
        <VerdictDialog
          count={1}
          initial={asking.verdict}
          busy={decide.isPending}
          onClose={() => setAsking(undefined)}
          onSubmit={(verdict, reason) =>
            decide.mutate({ ids: [summary.id], verdict, reason }, { onSuccess: () => setAsking(undefined) })
          }
        />
      )}
    </div>
  )
}

const followingChoice: Readonly<Record<BriefChoice, BriefChoice>> = {
  model: 'computed',
  computed: 'both',
  both: 'model',
}

function choiceOf(asked: string | undefined, hasModel: boolean): BriefChoice {
  if (!hasModel) return 'computed'
  return asked === 'computed' || asked === 'both' ? asked : 'model'
}

function Sections({ place, ...props }: CaseSectionProps & { place: 'main' | 'side' }) {
  return caseSections
    .filter(section => section.place === place)
    .map(({ id, title, keys, Content }) => (
      <Section key={id} title={title(props.detail)} {...(keys === undefined ? {} : { keys })}>
        <Content {...props} />
      </Section>
    ))
}
