import { z } from 'zod'
import { struckStatuses } from '../domain/claim.ts'
import type { Job } from '../queue/jobs.ts'
import { insertShadowBrief } from '../store/shadow-briefs.ts'
import { investigateCase } from './investigate.ts'
import { contextOf, type InvestigationParts } from './investigation-jobs.ts'
import { modelBrief } from './model-brief.ts'

const payloadSchema = z.object({
  caseId: z.string(),
  profileId: z.string(),
  shownVerdict: z.string().nullable(),
})

/**
 * Handles `case-shadow-brief`: asks a profile in the shadow the same question about a real case. Only its measures are
 * kept (verdict, how many claims held, cost, time), never its words: there is nothing here that could be shown.
 */
export async function handleShadowBrief(
  parts: InvestigationParts,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { database, clock, ask } = parts
  const { caseId, profileId, shownVerdict } = payloadSchema.parse(job.payload)
  if (ask === undefined || !(await parts.shadows(job.tenant)).includes(profileId)) return
  const context = await contextOf(parts, job.tenant, caseId)
  if (context === undefined) return
  const { evidence, computed } = investigateCase(context)
  const startMs = clock.now()
  const scope = { tenant: job.tenant, caseId, onlyProfile: profileId }
  const answer = await modelBrief(scope, evidence, computed, ask, signal)
  const claims = answer.kind === 'answered' ? answer.brief.claims : []
  await insertShadowBrief(database, job.tenant, {
    id: parts.ids.next('shadow'),
    caseId,
    revision: context.case.revision,
    profileId,
    status: answer.kind,
    verdict: answer.kind === 'answered' ? answer.brief.verdict : null,
    confidence: answer.kind === 'answered' ? answer.brief.confidence : null,
    shownVerdict,
    claims: claims.length,
    struck: claims.filter(({ status }) => struckStatuses.includes(status)).length,
    costUsd: answer.kind === 'answered' ? answer.costUsd : 0,
    latencyMs: clock.now() - startMs,
    atMs: clock.now(),
  })
}
