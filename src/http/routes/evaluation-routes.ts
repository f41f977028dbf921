import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { compareRuns } from '../../evaluation/compare-runs.ts'
import { documentIsSigned } from '../../governance/sign-document.ts'
import type { Database } from '../../lib/database.ts'
import { type EvaluationRun, findRun, listRuns } from '../../store/evaluation-runs.ts'
import { type EvaluationRunView, evaluationEndpoints } from '../contract-evaluations.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Route, route } from '../route.ts'

const shownRuns = 100

const reportSchema = z.object({
  n: z.number(),
  metrics: z.record(z.string(), z.number()),
  ci95: z.record(z.string(), z.tuple([z.number(), z.number()])),
  versions: z.record(z.string(), z.string()),
  items: z.array(z.object({ id: z.string(), task: z.string(), score: z.number() })),
})

/** Recorded evaluations, and two of them side by side. */
export function evaluationRoutes({ database, tenant }: { database: Database; tenant: string }): Route[] {
  const found = async (id: string) => {
    const run = await findRun(database, tenant, id)
    if (run === undefined) throw new RequestError('not-found', `there is no evaluation ${id}`)
    return run
  }
  return [
    route(evaluationEndpoints.listEvaluations, async () => {
      const runs = await listRuns(database, tenant, shownRuns)
      const people = await namedPeople(
        database,
        tenant,
        runs.map(({ createdBy }) => createdBy),
      )
      const whole = await Promise.all(runs.map(({ id }) => found(id)))
      return { runs: whole.map(run => ({ ...viewOf(run), by: people(run.createdBy) })) }
    }),
    route(evaluationEndpoints.readEvaluation, async ({ params }) => {
      const run = await found(params.id)
      const { document, signature, key } = run
      // What went wrong is what a person looks for.
      return { items: itemsOf(run).sort((a, b) => a.score - b.score), document, signature, key }
    }),
    route(evaluationEndpoints.compareEvaluations, async ({ query }) => {
      const [first, second] = await Promise.all([found(query.first), found(query.second)])
      if (first.suite !== second.suite)
        throw new RequestError('bad-request', `one run is of ${first.suite}, the other of ${second.suite}`)
      const { differing, ...counts } = compareRuns(itemsOf(first), itemsOf(second))
      return { ...counts, differing: [...differing] }
    }),
  ]
}

const itemsOf = ({ report }: EvaluationRun) => reportSchema.parse(report).items

function viewOf(run: EvaluationRun): Omit<EvaluationRunView, 'by'> {
  const { n, metrics, ci95, versions } = reportSchema.parse(run.report)
  return {
    id: run.id,
    suite: run.suite,
    model: run.model,
    profileId: run.profileId,
    atMs: run.createdMs,
    n,
    errors: metrics.errors ?? 0,
    score: metrics.score ?? 0,
    interval: ci95.score ?? [0, 0],
    tasks: Object.entries(metrics).flatMap(([name, score]) => {
      const task = /^score_(?!deterministic$|model$)(.+)$/.exec(name)?.[1]
      return task === undefined ? [] : [{ task, score, live: `live_${task}` in metrics }]
    }),
    classes: Object.entries(metrics).flatMap(([name, score]) => {
      const known = /^(?:class|live)_(.+\/.+)$/.exec(name)?.[1]
      return known === undefined ? [] : [{ name: known, score }]
    }),
    versions,
    signed: documentIsSigned(run.document, run.signature, createPublicKey(run.key)),
  }
}
