import { ArrowDown, ArrowLeft, ArrowUp, Download, Ellipsis } from 'lucide-react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { exportHref } from '../api/cases.ts'
import { useMay, usePerson } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { Menu, MenuItem, MenuLink } from '../components/menu.tsx'
import { Moment } from '../components/moment.tsx'
import { SeverityLabel } from '../components/severity.tsx'
import { SlaClock } from '../components/sla-clock.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { lastQueueHref } from '../queue/last-queue.ts'
import { StartRuleButton } from '../rules/start-rule-button.tsx'
import { count } from '../text/count.ts'

/** What the case is, whose it is, how long it may wait, and what can be done with it as a whole. */
export function CaseHeader({
  summary,
  previous,
  next,
  onOpen,
  onClaim,
  onRelease,
  onMerge,
  onReopen,
}: {
  summary: CaseSummary
  previous: CaseSummary | undefined
  next: CaseSummary | undefined
  /** Called before another case of the queue is opened. */
  onOpen: (to: CaseSummary) => void
  onClaim: (takeOver: boolean) => void
  onRelease: () => void
  onMerge: () => void
  onReopen: () => void
}) {
  const mayTriage = useMay('analyst')
  return (
    <header className="grid gap-1.5 border-b border-line px-4 pt-2 pb-3">
      <div className="flex flex-wrap items-center gap-1 text-muted">
        <Link href={lastQueueHref()} className={`${buttonClass('quiet')} -ml-2.5`}>
          <ArrowLeft aria-hidden="true" className="size-4" /> Queue
        </Link>
        <Neighbour to={previous} word="Previous case" Icon={ArrowUp} onOpen={onOpen} />
        <Neighbour to={next} word="Next case" Icon={ArrowDown} onOpen={onOpen} />
        <span className="flex flex-wrap items-center gap-2 sm:ml-auto">
          {mayTriage && summary.status !== 'closed' && (
            <Assignment summary={summary} onClaim={onClaim} onRelease={onRelease} />
          )}
          <StartRuleButton start={{ from: { kind: 'case', id: summary.id }, title: summary.title }} />
          <Menu
            align="end"
            trigger={
              <Button>
                <Download aria-hidden="true" className="size-3.5" /> Export
              </Button>
            }
          >
            <MenuLink href={exportHref(summary.id, 'markdown')} download>
              Markdown
            </MenuLink>
            <MenuLink href={exportHref(summary.id, 'pdf')} download>
              PDF
            </MenuLink>
            <MenuLink href={exportHref(summary.id, 'json')} download>
              JSON
            </MenuLink>
          </Menu>
          {mayTriage && (
            <Menu
              align="end"
              trigger={
                <Button look="quiet">
                  <Ellipsis aria-hidden="true" className="size-4" />
                  <span className="sr-only">More actions</span>
                </Button>
              }
            >
              <MenuItem onSelect={onMerge}>Merge other cases into this one</MenuItem>
              <MenuItem onSelect={onReopen} disabled={summary.status !== 'closed'}>
                Reopen
              </MenuItem>
            </Menu>
          )}
        </span>
      </div>
      <h1 className="text-lg leading-snug font-semibold">
        <Untrusted text={summary.title} limit={400} />
      </h1>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
        <SeverityLabel severity={summary.severity} />
        <span>{statusWords[summary.status]}</span>
        <span>{summary.assignee === null ? 'Nobody’s' : summary.assignee.displayName}</span>
        <span className="inline-flex items-center gap-1">
          Due <SlaClock sla={summary.sla} />
        </span>
        <span className="tabular">
          {count(summary.alertCount, 'alert')}, level {summary.maxLevel}
        </span>
        <span>
          <Moment atMs={summary.firstSeenMs} /> to <Moment atMs={summary.lastSeenMs} />
        </span>
        <span className="font-mono text-xs">{summary.id}</span>
        {summary.suspectedInjection && (
          <span className="rounded border border-attacker px-1 text-attacker">
            text speaks to an AI: severity raised
          </span>
        )}
        {summary.sample && (
          <span className="rounded border border-line-strong px-1">sample, not from your Wazuh</span>
        )}
      </p>
      {summary.mergedInto !== null && (
        <p className="rounded bg-warn-tint px-2 py-1">
          Merged into{' '}
          <Link href={caseHref(summary.mergedInto)} className="text-accent underline">
            {summary.mergedInto}
          </Link>
          : its alerts are there.
        </p>
      )}
    </header>
  )
}

const statusWords: Readonly<Record<CaseSummary['status'], string>> = {
  open: 'Open',
  'in-progress': 'In progress',
  closed: 'Closed',
}

function Assignment({
  summary,
  onClaim,
  onRelease,
}: {
  summary: CaseSummary
  onClaim: (takeOver: boolean) => void
  onRelease: () => void
}) {
  const person = usePerson()
  if (summary.assignee === null)
    return (
      <Button keys="a" onClick={() => onClaim(false)}>
        Claim
      </Button>
    )
  if (summary.assignee.id === person.id)
    return (
      <Button keys="A" onClick={onRelease}>
        Give back
      </Button>
    )
  return <Button onClick={() => onClaim(true)}>Take over from {summary.assignee.displayName}</Button>
}

function Neighbour({
  to,
  word,
  Icon,
  onOpen,
}: {
  to: CaseSummary | undefined
  word: string
  Icon: typeof ArrowUp
  onOpen: (to: CaseSummary) => void
}) {
  if (to === undefined) return null
  return (
    <Link href={caseHref(to.id)} className={buttonClass('quiet')} onClick={() => onOpen(to)}>
      <Icon aria-hidden="true" className="size-4" />
      <span className="sr-only">{word}</span>
    </Link>
  )
}
