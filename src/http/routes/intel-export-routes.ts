import type { IntelParts } from '../../intel/add-report.ts'
import { digestMarkdown, digestPdf } from '../../intel/digest.ts'
import { navigatorLayer } from '../../intel/navigator-layer.ts'
import { indicatorsCsv, mispEvent, stixBundle } from '../../intel/stix-export.ts'
import { attackVersion, currentTechnique, tactics } from '../../knowledge/attack-techniques.ts'
import { assertNever } from '../../lib/app-error.ts'
import { sightingTotals } from '../../store/intel-hunts.ts'
import { alertTechniqueCounts, listReports, mentionsOf, techniqueCounts } from '../../store/intel-reports.ts'
import { type Coverage, intelEndpoints } from '../contract-intel.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route, streamRoute } from '../route.ts'
import { existingReport } from './intel-routes.ts'

const digestReports = 200
const dayMs = 86_400_000

/** What leaves as a file: indicators of a report, the ATT&CK layer, the digest. */
export function intelExportRoutes(parts: IntelParts): Route[] {
  const { database, tenant, clock } = parts
  return [
    streamRoute(intelEndpoints.exportReport, async ({ params, query, reply }) => {
      const report = await existingReport(parts, params.id)
      if (report.tlp === 'TLP:RED')
        throw new RequestError(
          'forbidden',
          'this report is TLP:RED: it is for the named recipients and not exported',
        )
      const indicators = await mentionsOf(database, tenant, report.id)
      const exported = { ...report, title: report.title ?? report.name, indicators }
      const name = report.id.replaceAll(/[^\w-]/g, '')
      const send = (type: string, file: string, body: string) =>
        reply
          .header('content-type', type)
          .header('content-disposition', `attachment; filename="${file}"`)
          .send(body)
      switch (query.format) {
        case 'stix': {
          const totals = await sightingTotals(database, tenant, report.id)
          return void send(
            'application/stix+json;version=2.1',
            `${name}.stix.json`,
            JSON.stringify(stixBundle(exported, totals, clock.now()), null, 2),
          )
        }
        case 'misp':
          return void send(
            'application/json; charset=utf-8',
            `${name}.misp.json`,
            JSON.stringify(mispEvent(exported), null, 2),
          )
        case 'csv':
          return void send('text/csv; charset=utf-8', `${name}.csv`, indicatorsCsv(exported))
        default:
          return assertNever(query.format)
      }
    }),
    route(intelEndpoints.coverage, () => coverageOf(parts)),
    streamRoute(intelEndpoints.navigatorLayer, async ({ reply }) => {
      const layer = navigatorLayer('Tocsin: reports against alerts', (await coverageOf(parts)).techniques)
      reply.header('content-type', 'application/json; charset=utf-8')
      reply.header('content-disposition', 'attachment; filename="tocsin-layer.json"')
      reply.send(JSON.stringify(layer, null, 2))
    }),
    streamRoute(intelEndpoints.digest, async ({ query, reply }) => {
      const nowMs = clock.now()
      const sinceMs = nowMs - query.days * dayMs
      const reports = (await listReports(database, tenant, undefined, digestReports)).filter(
        ({ createdMs }) => createdMs >= sinceMs,
      )
      const digest = { reports, days: query.days, nowMs, coverage: (await coverageOf(parts)).techniques }
      const isPdf = query.format === 'pdf'
      reply.header('content-type', isPdf ? 'application/pdf' : 'text/markdown; charset=utf-8')
      reply.header('content-disposition', `attachment; filename="intel-digest.${isPdf ? 'pdf' : 'md'}"`)
      reply.send(isPdf ? await digestPdf(digest) : digestMarkdown(digest))
    }),
  ]
}

async function coverageOf({ database, tenant }: IntelParts): Promise<Coverage> {
  const [reported, alerted] = await Promise.all([
    techniqueCounts(database, tenant),
    alertTechniqueCounts(database, tenant),
  ])
  const reports = new Map(reported.map(row => [row.id, row.reports]))
  const alerts = new Map<string, number>()
  for (const row of alerted) {
    // Rules still carry retired ids: they count for what took their place.
    const id = currentTechnique(row.id)?.id
    if (id !== undefined) alerts.set(id, (alerts.get(id) ?? 0) + row.alerts)
  }
  const ids = [...new Set([...reports.keys(), ...alerts.keys()])].sort()
  return {
    attackVersion: attackVersion.version,
    tactics: tactics.map(({ shortName, name }) => ({ shortName, name })),
    techniques: ids.flatMap(id => {
      const technique = currentTechnique(id)
      if (technique === undefined) return []
      const counts = { reports: reports.get(id) ?? 0, alerts: alerts.get(id) ?? 0 }
      return [
        { id, name: technique.name, tactics: technique.tactics.map(({ shortName }) => shortName), ...counts },
      ]
    }),
  }
}
