import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  ReportDetail,
  ReportIndicator,
  ReportTechnique,
  Sighting,
} from '../../src/http/contract-intel.ts'
import { huntAgain, readReport, reportExportHref, setIndicatorStatus } from '../api/intel.ts'
import { useMay } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ModelContext } from '../intel/model-context.tsx'
import { RelationsGraph } from '../intel/relations-graph.tsx'
import { ReportTextView } from '../intel/report-text.tsx'
import { useRouteParameter } from '../router.tsx'
import { visibleText } from '../text/visible-text.ts'

/** One threat report: does it concern us, what is in it, and where we have met it. */
export function Page() {
  const id = useRouteParameter('reportId')
  const query = useQuery({
    queryKey: ['intel', 'report', id],
    queryFn: ({ signal }) => readReport(id, signal),
    // A running hunt's progress is worth a look a second; the watch over new alerts one now and then.
    refetchInterval: ({ state }) => (state.data?.hunt?.state === 'running' ? 1000 : 10_000),
  })
  return (
    <QueryState query={query} what="The report">
      {detail => <ReportPage detail={detail} />}
    </QueryState>
  )
}

const answers: Readonly<Record<ReportDetail['relevance']['answer'], string>> = {
  'seen-here': 'Yes: it was seen here',
  exposed: 'Perhaps: we are exposed',
  'no-sign-yet': 'No sign of it here yet',
  'nothing-to-look-for': 'It names nothing that could be looked for',
}

function ReportPage({ detail }: { detail: ReportDetail }) {
  const { report, relevance, problems, dropped, rules } = detail
  return (
    <>
      <PageHeading title={visibleText(report.title ?? report.name)}>
        {report.tlp !== 'TLP:RED' &&
          (['stix', 'misp', 'csv'] as const).map(format => (
            <a
              key={format}
              className={buttonClass('plain')}
              href={reportExportHref(report.id, format)}
              download
            >
              {format.toUpperCase()}
            </a>
          ))}
      </PageHeading>
      <div className="grid gap-6 px-4 pb-8">
        <p className="flex flex-wrap gap-x-4 text-muted">
          <span>{report.tlp ?? 'no TLP mark'}</span>
          <span>
            {report.source}, trust {report.trust}
          </span>
          <span>{report.format}</span>
          <Moment atMs={report.createdMs} />
          {report.url !== null && <Untrusted text={report.url} limit={200} />}
        </p>
        <Section title="Does this concern us?">
          <p className="text-base font-medium">{answers[relevance.answer]}</p>
          <ul className="list-disc pl-5">
            {relevance.reasons.map(reason => (
              <li key={reason}>
                <Untrusted text={reason} />
              </li>
            ))}
          </ul>
          <HuntProgress detail={detail} />
        </Section>
        {detail.context !== null && (
          <Section title="What a model reads in it">
            <ModelContext context={detail.context} />
          </Section>
        )}
        {problems.length > 0 && (
          <Section title="Not everything could be read">
            <ul className="list-disc pl-5">
              {problems.map(problem => (
                <li key={`${problem.code} ${problem.where} ${problem.message}`}>
                  <Untrusted
                    text={
                      problem.where === undefined ? problem.message : `${problem.where}: ${problem.message}`
                    }
                  />
                </li>
              ))}
            </ul>
          </Section>
        )}
        <Section title={`Seen in our alerts (${detail.sightings.length})`}>
          <SightingTable sightings={detail.sightings} />
        </Section>
        <Section title="Relations">
          <RelationsGraph detail={detail} />
        </Section>
        <Section title={`Techniques (${report.techniqueIds.length} likely)`}>
          <TechniqueTable techniques={detail.techniques} />
        </Section>
        <Section title={`Indicators (${detail.indicators.length})`}>
          <IndicatorTable detail={detail} />
        </Section>
        <Section title="Text">
          <ReportTextView detail={detail} />
        </Section>
        {rules.length > 0 && (
          <Section title="Detection rules in the text">
            {rules.map(rule => (
              <details key={`${rule.offset}`}>
                <summary>
                  {rule.kind}: <Untrusted text={rule.name} />
                </summary>
                <pre className="overflow-x-auto rounded bg-sunken p-2 text-xs">
                  <Untrusted text={rule.text} layout />
                </pre>
              </details>
            ))}
          </Section>
        )}
        <Section title={`Left out (${dropped.length})`}>
          <DataTable
            label="Values that were left out"
            rows={dropped}
            rowKey={each => `${each.value}\n${each.reason}`}
            empty="Nothing that looked like an indicator was left out."
            columns={[
              { title: 'Value', cell: each => <Untrusted text={each.value} limit={200} /> },
              { title: 'Why', cell: each => each.reason },
            ]}
          />
        </Section>
      </div>
    </>
  )
}

function HuntProgress({ detail: { report, hunt } }: { detail: ReportDetail }) {
  const client = useQueryClient()
  const may = useMay('analyst')
  const again = useMutation({
    mutationFn: () => huntAgain(report.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['intel', 'report', report.id] }),
    onError: error => toastFailure('The hunt could not be started', error),
  })
  if (hunt === null) return null
  return (
    <div className="flex flex-wrap items-center gap-3">
      {hunt.state === 'running' ? (
        <>
          <progress aria-label="Hunt over stored alerts" max={Math.max(1, hunt.total)} value={hunt.scanned} />
          <span className="tabular text-muted">
            {hunt.scanned.toLocaleString('en')} of {hunt.total.toLocaleString('en')} alerts searched,{' '}
            {hunt.hits} found
          </span>
        </>
      ) : (
        <span className="tabular text-muted">
          {hunt.scanned.toLocaleString('en')} stored alerts searched; new ones are watched as they come.
        </span>
      )}
      {may && hunt.state === 'done' && (
        <Button busy={again.isPending} onClick={() => again.mutate()}>
          Hunt again
        </Button>
      )}
    </div>
  )
}

function SightingTable({ sightings }: { sightings: readonly Sighting[] }) {
  return (
    <DataTable<Sighting>
      label="Sightings"
      rows={sightings}
      rowKey={each => `${each.alertKey}\n${each.type}\n${each.value}`}
      empty="No stored alert holds one of its indicators."
      columns={[
        { title: 'Time', cell: each => <Moment atMs={each.alertMs} /> },
        { title: 'Indicator', cell: each => <Untrusted text={each.value} limit={120} /> },
        { title: 'Host', cell: each => <Untrusted text={each.agentName} /> },
        { title: 'Alert', cell: each => <Untrusted text={each.ruleDescription} limit={200} /> },
        {
          title: 'Case',
          cell: each => (
            <Link href={caseHref(each.caseId)} className="text-accent hover:underline">
              {visibleText(each.caseTitle ?? each.caseId)}
            </Link>
          ),
        },
      ]}
    />
  )
}

function TechniqueTable({ techniques }: { techniques: readonly ReportTechnique[] }) {
  return (
    <DataTable<ReportTechnique>
      label="Techniques"
      rows={techniques}
      rowKey={each => each.id}
      empty="No technique was recognised."
      columns={[
        {
          title: 'Technique',
          cell: each => (
            <>
              <span className="font-mono">{each.id}</span> {each.name}
              <span className="block text-xs text-muted">{each.tactics.join(', ')}</span>
            </>
          ),
        },
        { title: 'Score', cell: each => <span className="tabular">{each.score.toFixed(2)}</span> },
        {
          title: 'Our alerts',
          cell: each =>
            each.alertCount === 0 ? (
              <span className="text-muted">never</span>
            ) : (
              each.alertCount.toLocaleString('en')
            ),
        },
        { title: 'The report says', cell: each => <Untrusted text={each.quotes[0] ?? ''} limit={240} /> },
      ]}
    />
  )
}

function IndicatorTable({ detail }: { detail: ReportDetail }) {
  const may = useMay('analyst')
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: ({ type, value, status }: ReportIndicator) =>
      setIndicatorStatus(
        status === 'live'
          ? {
              type,
              value,
              status: 'false-positive',
              reason: `false positive, said on report ${detail.report.id}`,
            }
          : { type, value, status: 'live', reason: `live after all, said on report ${detail.report.id}` },
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['intel'] })
      toast('Saved. The watch and later hunts follow it.')
    },
    onError: error => toastFailure('It could not be saved', error),
  })
  return (
    <DataTable<ReportIndicator>
      label="Indicators"
      rows={detail.indicators}
      rowKey={each => `${each.type}\n${each.value}`}
      empty="No indicator was found."
      columns={[
        { title: 'Type', cell: each => each.type },
        { title: 'Value', cell: each => <Untrusted text={each.value} limit={160} /> },
        { title: 'Role', cell: each => each.role },
        { title: 'Confidence', cell: each => <span className="tabular">{each.confidence.toFixed(2)}</span> },
        {
          title: 'Seen here',
          cell: each =>
            each.sightingCount === 0 ? (
              <span className="text-muted">no</span>
            ) : (
              `${each.sightingCount} alerts`
            ),
        },
        {
          title: 'State',
          cell: each =>
            each.status === 'live' ? 'live' : <span className="text-muted">false positive</span>,
        },
        {
          title: 'Change',
          hidden: true,
          cell: each =>
            may && (
              <Button look="quiet" onClick={() => change.mutate(each)}>
                {each.status === 'live' ? 'False positive' : 'Live after all'}
              </Button>
            ),
        },
      ]}
    />
  )
}
