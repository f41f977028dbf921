import { publishJob } from '../../domain/job-kinds.ts'
import { enqueue } from '../../queue/jobs.ts'
import { findBrief, reviewBrief } from '../../store/briefs.ts'
import { caseEndpoints } from '../contract-cases.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { briefView } from './case-view.ts'
import { personOf } from './session-routes.ts'
import { recordActs, type TriageRouteParts } from './triage-routes.ts'

/** A named person's judgement of what a model found. What was published to Wazuh is then published again. */
export function briefRoutes(parts: TriageRouteParts & { readonly publishes: () => boolean }): Route[] {
  const { database, tenant } = parts
  return [
    route(caseEndpoints.reviewBrief, async ({ params, body, caller }) => {
      const byId = personOf(caller).user.id
      const nowMs = parts.clock.now()
      const known = await findBrief(database, tenant, params.briefId)
      if (known === undefined || known.caseId !== params.id)
        throw new RequestError('not-found', `case ${params.id} has no brief ${params.briefId}`)
      await database.transaction(async sql => {
        const review = { decision: body.decision, byId, reason: body.reason.replaceAll('\0', '') }
        if (!(await reviewBrief(sql, tenant, params.briefId, review, nowMs)))
          throw new RequestError('conflict', 'this brief needs no review, or has been reviewed already')
        const detail = `model brief ${body.decision}${body.reason === '' ? '' : `: ${body.reason}`}`
        await recordActs(sql, parts, [{ caseId: params.id, kind: 'brief-review', byId, detail }])
        if (parts.publishes())
          await enqueue(
            sql,
            tenant,
            [{ kind: publishJob, key: params.id, payload: { caseId: params.id } }],
            nowMs,
          )
      })
      const stored = await findBrief(database, tenant, params.briefId)
      return briefView(stored ?? known)
    }),
  ]
}
