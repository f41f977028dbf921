import type { EvidenceItem } from '../domain/evidence.ts'
import { modelBriefJob, publishJob, shadowBriefJob } from '../domain/job-kinds.ts'
import type { AskModel } from '../domain/model-question.ts'
import type { ModelSelection } from '../domain/model-selection.ts'
import { type Severity, severities } from '../domain/verdict.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import type { AddedTechniques } from '../knowledge/attack-knowledge.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Transaction } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import { enqueue, type Job } from '../queue/jobs.ts'
import {
  hasModelBrief,
  insertModelBrief,
  type ModelBriefState,
  putComputedBrief,
  setModelBriefState,
} from '../store/briefs.ts'
import { addHistory } from '../store/case-history.ts'
import { announce } from '../store/events.ts'
import { markSuspectedInjection } from '../store/suspected-injection.ts'
import { chooseForModel } from './choose-for-model.ts'
import { investigate, investigateCase } from './investigate.ts'
import { type LookUpAgents, loadCaseContext } from './load-case-context.ts'

export interface InvestigationParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly lookUpAgents: LookUpAgents
  /** ATT&CK techniques that were imported beside those that ship. */
  readonly addedTechniques?: AddedTechniques
  readonly ask: AskModel | undefined
  readonly selection: ModelSelection
  /** Whether anything is connected to publish to. */
  readonly publishes: () => boolean
  /** Minutes to a verdict by severity, 0 (low) to 3 (critical). */
  readonly slaMinutes: readonly number[]
  /** The profiles that are asked beside the one in use and shown to nobody. */
  readonly shadows: (tenant: string) => Promise<readonly string[]>
}

/** All that is known of a case now; undefined when it is gone. */
export function contextOf(
  { database, clock, lookUpAgents, addedTechniques }: InvestigationParts,
  tenant: string,
  caseId: string,
): Promise<CaseContext | undefined> {
  return loadCaseContext(database, tenant, caseId, lookUpAgents, clock.now(), addedTechniques)
}

/** Handles `case-investigate`. Losing the newest brief 0 in a crash loses its job's completion too: it is made again. */
export async function handleInvestigate(parts: InvestigationParts, job: Job): Promise<void> {
  const { database, clock } = parts
  const context = await contextOf(parts, job.tenant, job.key)
  if (context === undefined) return
  const { evidence, computed, leaning } = investigateCase(context)
  const { id: caseId, revision, severity } = context.case
  const choice = parts.ask === undefined ? undefined : chooseForModel(context, parts.selection)
  await database.transaction(
    async sql => {
      const nowMs = clock.now()
      const draft = { id: parts.ids.next('brief'), caseId, revision, brief: computed, evidence }
      const state = modelState(choice)
      const put = await putComputedBrief(sql, job.tenant, { ...draft, leaning, severity }, state, nowMs)
      if (put === undefined) return
      const speaking = evidence.filter(item => item.kind === 'suspected-injection')
      if (speaking.length > 0 || put.suspectedInjection) {
        await raiseForInjection(parts, sql, job.tenant, caseId, speaking)
      }
      const next = [
        ...(state.kind === 'waiting' ? [modelBriefJob] : []),
        ...(parts.publishes() ? [publishJob] : []),
      ]
      await enqueue(
        sql,
        job.tenant,
        next.map(kind => jobFor(kind, caseId, severity)),
        nowMs,
      )
      await announce(sql, job.tenant, [
        { kind: 'brief-ready', caseId, revision, origin: 'computed', atMs: nowMs },
      ])
    },
    { durability: 'rebuilt' },
  )
}

/**
 * Text that speaks to a model is an indicator of attack: it makes the case graver, and the history says why. Without such
 * text (`found` is empty) the case loses its mark.
 */
async function raiseForInjection(
  parts: InvestigationParts,
  sql: Transaction,
  tenant: string,
  caseId: string,
  found: readonly EvidenceItem[],
): Promise<void> {
  const step = await markSuspectedInjection(sql, tenant, caseId, found.length > 0, parts.slaMinutes)
  if (step === undefined) return
  const ids = found.map(item => item.id).join(', ')
  const detail = `${severities[step.from]} to ${severities[step.to]}: text in the alerts speaks to an AI (${ids})`
  const entry = {
    id: parts.ids.next('history'),
    caseId,
    kind: 'severity-raised',
    byId: null,
    detail,
  } as const
  await addHistory(sql, tenant, parts.clock.now(), [entry])
}

/** Behind everything that somebody waits for. */
function shadowJob(caseId: string, profileId: string, shownVerdict: string | null) {
  return {
    kind: shadowBriefJob,
    key: `${caseId} ${profileId}`,
    payload: { caseId, profileId, shownVerdict },
    priority: -1,
  }
}

function modelState(choice: ReturnType<typeof chooseForModel> | undefined): ModelBriefState {
  if (choice === undefined) return { kind: 'not-configured' }
  return choice.kind === 'unwanted' ? { kind: 'not-selected', reason: choice.why } : { kind: 'waiting' }
}

function jobFor(kind: string, caseId: string, severity: Severity) {
  return { kind, key: caseId, payload: { caseId }, priority: severities.indexOf(severity) }
}

/** Handles `case-model-brief`. */
export async function handleModelBrief(
  parts: InvestigationParts,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { database, clock, ask } = parts
  const context = await contextOf(parts, job.tenant, job.key)
  if (context === undefined) return
  const { id: caseId, revision, severity } = context.case
  if (await hasModelBrief(database, job.tenant, caseId, revision)) {
    await setModelBriefState(database, job.tenant, caseId, { kind: 'ready' })
    return
  }
  const { evidence, model } = await investigate(
    context,
    // Brief 0 of this revision is stored by its own job; here only the model's answer is kept.
    { tenant: job.tenant, ask, selection: parts.selection },
    signal,
  )
  const shadows = model.kind === 'not-asked' ? [] : await parts.shadows(job.tenant)
  await database.transaction(async sql => {
    const nowMs = clock.now()
    const shownVerdict = model.kind === 'answered' ? model.brief.verdict : null
    const beside = shadows.map(profileId => shadowJob(caseId, profileId, shownVerdict))
    await enqueue(sql, job.tenant, beside, nowMs)
    if (model.kind !== 'answered') {
      const kind = model.kind === 'not-asked' ? 'not-selected' : model.kind
      await setModelBriefState(sql, job.tenant, caseId, { kind, reason: model.reason })
      await announce(sql, job.tenant, [{ kind: 'case-changed', caseId, revision, severity, atMs: nowMs }])
      return
    }
    const draft = { id: parts.ids.next('brief'), caseId, revision, brief: model.brief, evidence }
    if (!(await insertModelBrief(sql, job.tenant, draft, nowMs))) return
    await setModelBriefState(sql, job.tenant, caseId, { kind: 'ready' })
    if (parts.publishes()) await enqueue(sql, job.tenant, [jobFor(publishJob, caseId, severity)], nowMs)
    await announce(sql, job.tenant, [{ kind: 'brief-ready', caseId, revision, origin: 'model', atMs: nowMs }])
  })
}
