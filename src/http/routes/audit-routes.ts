import type { RecordParts } from '../../governance/keep-record.ts'
import { drawAudits, judgeOutput } from '../../governance/sample-audits.ts'
import { auditSums, listAudits } from '../../store/output-audits.ts'
import { wasDone } from '../contract.ts'
import { governanceEndpoints } from '../contract-governance.ts'
import { namedPeople } from '../named-people.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const yearMs = 365 * 86_400_000

/** Outputs of models drawn at random, and what people found in them. */
export function auditRoutes(parts: RecordParts & { readonly tenant: string }): Route[] {
  const { database, tenant, clock } = parts
  return [
    route(governanceEndpoints.listAudits, async ({ caller }) => {
      const rows = await listAudits(database, tenant)
      const me = personOf(caller).user.id
      const people = await namedPeople(
        database,
        tenant,
        rows.flatMap(row => [row.drawnBy, row.judgedBy]),
      )
      return {
        audits: rows.map(({ drawnBy, judgedBy, involved, ...row }) => ({
          ...row,
          drawnBy: people(drawnBy),
          judgedBy: people(judgedBy),
          mayJudge: row.result === null && !involved.includes(me),
        })),
        sums: await auditSums(database, tenant, clock.now() - yearMs),
      }
    }),
    route(governanceEndpoints.drawAudits, async ({ body, caller }) => ({
      drawn: await drawAudits(parts, tenant, { ...body, by: personOf(caller).user.id }),
    })),
    route(governanceEndpoints.judgeAudit, async ({ params, body, caller }) => {
      await judgeOutput(parts, tenant, params.id, { ...body, by: personOf(caller).user.id })
      return wasDone
    }),
  ]
}
