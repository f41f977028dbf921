import type { Inventory } from '../../domain/inventory.ts'
import type { AskModel } from '../../domain/model-question.ts'
import { includesRole } from '../../domain/role.ts'
import { recordKinds } from '../../governance/record-kinds.ts'
import { draftExercise, draftRunbook } from '../../governance/runbooks/draft-runbook.ts'
import { improveRunbook } from '../../governance/runbooks/improve-runbook.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { caseTimeline } from '../../store/case-read.ts'
import { decidedCasesOf, decidedRules } from '../../store/closed-cases.ts'
import { type GovernanceRecord, listRecords } from '../../store/governance-records.ts'
import { type RunbookView, runbookEndpoints } from '../contract-runbooks.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const yearMs = 365 * 86_400_000
const mostCases = 200
const mostInjects = 15

export interface RunbookRouteParts {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  readonly inventory: (tenant: string) => Promise<Inventory>
  readonly ask: AskModel | undefined
}

/** Runbooks and training exercises out of what people decided. */
export function runbookRoutes(parts: RunbookRouteParts): Route[] {
  const { database, tenant, clock } = parts
  const subjectOf = async (ruleId: string) => {
    const subject = (await decidedRules(database, tenant, clock.now() - yearMs)).find(
      each => each.ruleId === ruleId,
    )
    if (subject === undefined)
      throw new RequestError('not-found', `nobody has decided a case of rule ${ruleId} within a year`)
    const cases = await decidedCasesOf(database, tenant, ruleId, clock.now() - yearMs, mostCases)
    return { subject, cases }
  }
  return [
    route(runbookEndpoints.listRunbooks, async ({ caller }) => {
      const keeps = includesRole(personOf(caller).user.role, 'approver')
      const rows = (
        await Promise.all([
          listRecords(database, tenant, 'runbook'),
          listRecords(database, tenant, 'exercise'),
        ])
      ).flat()
      return {
        documents: rows
          .map(row => viewOf(row, keeps))
          // What is not in use is its keeper's draft.
          .filter(({ state }) => keeps || state === 'in-use'),
        subjects: keeps ? await decidedRules(database, tenant, clock.now() - yearMs) : [],
      }
    }),
    route(runbookEndpoints.draftRunbook, async ({ body }) => {
      const { subject, cases } = await subjectOf(body.ruleId)
      const inventory = await parts.inventory(tenant)
      const { ruleId } = subject
      if (body.kind === 'runbook')
        return {
          title: `Rule ${ruleId}`,
          ruleId,
          text: draftRunbook(subject, cases, inventory),
          answer: null,
          model: null,
        }
      // The case that has most to tell: attacks first.
      const one = cases.find(({ verdict }) => verdict === 'true_positive') ?? cases[0]
      if (one === undefined) throw new RequestError('not-found', `there is no decided case of rule ${ruleId}`)
      const { entries: timeline } = await caseTimeline(database, tenant, one.id, mostInjects)
      const { task, answer } = draftExercise(one, timeline, inventory)
      return { title: `Exercise on rule ${ruleId}`, ruleId, text: task, answer, model: null }
    }),
    route(runbookEndpoints.improveRunbook, async ({ body, signal }) => {
      if (parts.ask === undefined)
        throw new RequestError('conflict', 'no model is set up: the draft by code is all there is')
      const { subject, cases } = await subjectOf(body.ruleId)
      const improved = await improveRunbook(
        { ask: parts.ask, tenant, inventory: await parts.inventory(tenant) },
        { ...subject, text: body.text },
        cases,
        signal,
      )
      if (improved.kind === 'not-improved') throw new RequestError('conflict', improved.reason)
      return {
        title: `Rule ${body.ruleId}`,
        ruleId: body.ruleId,
        text: improved.text,
        answer: null,
        model: improved.model,
      }
    }),
  ]
}

function viewOf(row: GovernanceRecord, keeps: boolean): RunbookView {
  const { id, version, changedMs } = row
  if (row.kind === 'runbook') {
    const { title, ruleId, text, state } = recordKinds.runbook.parse(row.content)
    return { id, kind: 'runbook', title, ruleId, text, answer: null, state, version, changedMs }
  }
  const { title, ruleId, text, answer, state } = recordKinds.exercise.parse(row.content)
  return {
    id,
    kind: 'exercise',
    title,
    ruleId,
    text,
    answer: keeps ? answer : null,
    state,
    version,
    changedMs,
  }
}
