import { useQuery } from '@tanstack/react-query'
import type { ReportDetail } from '../../src/http/contract-intel.ts'
import { readReport, reportExportHref } from '../api/intel.ts'
import { buttonClass } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { RevealNames } from '../components/reveal.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { DraftRuleButton } from '../intel/draft-rule-button.tsx'
import { ExposureTable } from '../intel/exposure-table.tsx'
import { HuntProgress } from '../intel/hunt-progress.tsx'
import { IndicatorTable } from '../intel/indicator-table.tsx'
import { InventoryTable } from '../intel/inventory-table.tsx'
import { ModelContext } from '../intel/model-context.tsx'
import { QuotedRules } from '../intel/quoted-rules.tsx'
import { RelationsGraph } from '../intel/relations-graph.tsx'
import { ReportTextView } from '../intel/report-text.tsx'
import { RevisionList } from '../intel/revision-list.tsx'
import { SightingTable } from '../intel/sighting-table.tsx'
import { TechniqueTable } from '../intel/technique-table.tsx'
import { useRouteParameter } from '../router.tsx'
import { StartRuleButton } from '../rules/start-rule-button.tsx'
import { visibleText } from '../text/visible-text.ts'

/** One threat report: does it concern us, what is in it, and where we have met it. */
export function Page() {
  const id = useRouteParameter('reportId')
  const query = useQuery({
    queryKey: ['intel', 'report', id],
    queryFn: ({ signal }) => readReport(id, signal),
    // A running hunt's progress is worth a look a second; the watch over new alerts one now and then.
    refetchInterval: ({ state }) => (isHunting(state.data) ? 1000 : 10_000),
  })
  return (
    <QueryState query={query} what="The report">
      {detail => <ReportPage detail={detail} />}
    </QueryState>
  )
}

function isHunting(detail: ReportDetail | undefined): boolean {
  return detail?.hunt?.state === 'running' || detail?.history?.state === 'running'
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
      <PageHeading title={visibleText(report.title ?? report.name)} ofOne>
        <StartRuleButton
          start={{ from: { kind: 'report', id: report.id }, title: report.title ?? report.name }}
        />
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
          {report.revisedMs !== null && (
            <span>
              revised <Moment atMs={report.revisedMs} />
            </span>
          )}
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
        {detail.revision !== null && (
          <Section title="What its last change brought">
            <RevisionList revision={detail.revision} />
          </Section>
        )}
        {detail.context !== null && (
          <Section title="What a model reads in it">
            <RevealNames
              subject={detail.report.id}
              texts={detail.context.kind === 'answered' ? detail.context.claims.map(({ text }) => text) : []}
            >
              <ModelContext context={detail.context} />
            </RevealNames>
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
        {detail.exposures.length > 0 && (
          <Section title={`Our weaknesses that it names (${detail.exposures.length})`}>
            <ExposureTable exposures={detail.exposures} />
          </Section>
        )}
        {(detail.inventory.matches.length > 0 || detail.inventory.trouble !== null) && (
          <Section title={`In our inventory (${detail.inventory.matches.length})`}>
            <InventoryTable inventory={detail.inventory} />
          </Section>
        )}
        <Section title="Relations">
          <RelationsGraph detail={detail} />
        </Section>
        <Section title={`Techniques (${report.techniqueIds.length} likely)`}>
          <TechniqueTable detail={detail} />
        </Section>
        <Section title={`Indicators (${detail.indicators.length})`}>
          <DraftRuleButton
            reportId={report.id}
            wanted={{ for: 'indicators' }}
            label="Draft a rule for these indicators"
          />
          <IndicatorTable detail={detail} />
        </Section>
        <Section title="Text">
          <ReportTextView detail={detail} />
        </Section>
        {rules.length > 0 && (
          <Section title="Detection rules in the text">
            <QuotedRules report={report} rules={rules} />
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
