import type { IntelParts } from '../../intel/add-report.ts'
import { indicatorsCsv, mispEvent, stixBundle } from '../../intel/stix-export.ts'
import { shippedAttack } from '../../knowledge/attack-knowledge.ts'
import { assertNever } from '../../lib/app-error.ts'
import { sightingTotals } from '../../store/intel-hunts.ts'
import { mentionsOf } from '../../store/intel-reports.ts'
import { intelEndpoints } from '../contract-intel.ts'
import { RequestError } from '../http-error.ts'
import { type Route, streamRoute } from '../route.ts'
import { existingReport } from './intel-routes.ts'

/** The indicators of a report as a file. */
export function intelExportRoutes(parts: IntelParts): Route[] {
  const { database, tenant, clock, attack = shippedAttack } = parts
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
            JSON.stringify(stixBundle(exported, totals, clock.now(), attack), null, 2),
          )
        }
        case 'misp':
          return void send(
            'application/json; charset=utf-8',
            `${name}.misp.json`,
            JSON.stringify(mispEvent(exported, attack), null, 2),
          )
        case 'csv':
          return void send('text/csv; charset=utf-8', `${name}.csv`, indicatorsCsv(exported))
        default:
          return assertNever(query.format)
      }
    }),
  ]
}
