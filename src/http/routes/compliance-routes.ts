import {
  type ComplianceReport,
  complianceReport,
  type Period,
  type ReportSources,
} from '../../governance/compliance-report.ts'
import type { Framework } from '../../governance/control.ts'
import { frameworkOf, frameworks } from '../../governance/frameworks.ts'
import { reportPeriod } from '../../governance/report-period.ts'
import { AppError } from '../../lib/app-error.ts'
import { type ComplianceFramework, type ComplianceView, complianceEndpoints } from '../contract-compliance.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'

/** What the records hold for the controls of a framework. The signed report is the command's: `tocsin compliance`. */
export function complianceRoutes(sources: ReportSources): Route[] {
  return [
    route(complianceEndpoints.listFrameworks, async () => ({ frameworks: frameworks.map(summaryOf) })),
    route(complianceEndpoints.readCompliance, async ({ params, query, signal }) => {
      const framework = frameworkOf(params.framework)
      if (framework === undefined)
        throw new RequestError('not-found', `there is no framework '${params.framework}'`)
      const report = await complianceReport(sources, framework, periodOf(query.from, query.to), signal)
      return viewOf(framework, report)
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
  const all = { of: identifiers?.all.length ?? null, unit: identifiers?.unit ?? null }
  return { id, name, version, controls: controls.length, ...all }
}

function viewOf(framework: Framework, report: ComplianceReport): ComplianceView {
  return {
    framework: summaryOf(framework),
    mappingVersion: framework.mappingVersion,
    fromMs: Date.parse(report.period.from),
    toMs: Date.parse(report.period.to),
    ledger: { verified: report.ledger.verified, firstBad: report.ledger.first_bad },
    controls: report.controls.map(({ earlier_ids, evidence, gaps, ...control }) => ({
      ...control,
      earlierIds: [...earlier_ids],
      evidence: evidence.map(({ latest, ...each }) => ({
        ...each,
        latestMs: latest === null ? null : Date.parse(latest),
      })),
      gaps: [...gaps],
    })),
    notMapped: [...(report.coverage?.not_mapped ?? [])],
    notice: report.notice,
  }
}
