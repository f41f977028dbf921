import {
  type ComplianceReport,
  complianceReport,
  coverageOf,
  type Period,
  type ReportSources,
} from '../../governance/compliance-report.ts'
import type { Framework } from '../../governance/control.ts'
import { evidenceWords } from '../../governance/evidence-titles.ts'
import { frameworkOf, frameworks } from '../../governance/frameworks.ts'
import type { RecordParts } from '../../governance/keep-record.ts'
import { keepStatement, type OwnStatement } from '../../governance/own-statement.ts'
import { reportPeriod } from '../../governance/report-period.ts'
import { AppError } from '../../lib/app-error.ts'
import { wasDone } from '../contract.ts'
import {
  type ComplianceControl,
  type ComplianceFramework,
  type ComplianceView,
  complianceEndpoints,
} from '../contract-compliance.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

/** What the records hold for the controls of a framework. The signed report is the command's: `tocsin compliance`. */
export function complianceRoutes(sources: ReportSources & RecordParts): Route[] {
  return [
    route(complianceEndpoints.listFrameworks, async () => ({ frameworks: frameworks.map(summaryOf) })),
    route(complianceEndpoints.readCompliance, async ({ params, query, signal }) => {
      const framework = frameworkOf(params.framework)
      if (framework === undefined)
        throw new RequestError('not-found', `there is no framework '${params.framework}'`)
      const report = await complianceReport(sources, framework, periodOf(query.from, query.to), signal)
      return viewOf(framework, report)
    }),
    route(complianceEndpoints.stateOwn, async ({ params, body, caller }) => {
      const { control, version, ...content } = body
      const about = { framework: params.framework, control, before: version }
      await keepStatement(sources, sources.tenant, about, content, personOf(caller).user.id)
      return wasDone
    }),
  ]
}

function periodOf(from: string, to: string): Period {
  try {
    return reportPeriod(from, to)
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-usage')
      throw new RequestError('bad-request', error.message)
    throw error
  }
}

function summaryOf(framework: Framework): ComplianceFramework {
  const { id, name, version, controls, identifiers } = framework
  const { mapped } = coverageOf(framework)
  return { id, name, version, controls: controls.length, mapped, unit: identifiers.unit }
}

function viewOf(framework: Framework, report: ComplianceReport): ComplianceView {
  return {
    framework: summaryOf(framework),
    mappingVersion: framework.mappingVersion,
    fromMs: Date.parse(report.period.from),
    toMs: Date.parse(report.period.to),
    ledger: { verified: report.ledger.verified, firstBad: report.ledger.first_bad },
    controls: report.controls.map(({ earlier_ids, evidence, gaps, own, ...control }) => ({
      ...control,
      earlierIds: [...earlier_ids],
      evidence: evidence.map(({ latest, title: _title, ...each }) => ({
        ...each,
        words: evidenceWords(each.name, each.count),
        latestMs: latest === null ? null : Date.parse(latest),
      })),
      gaps: [...gaps],
      own: own === null ? null : viewOfStatement(own),
    })),
    notice: report.notice,
  }
}

function viewOfStatement({ at, in_force, ...own }: OwnStatement): NonNullable<ComplianceControl['own']> {
  return { ...own, atMs: Date.parse(at), inForce: in_force }
}
