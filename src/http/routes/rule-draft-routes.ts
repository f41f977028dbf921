import type { Drafting } from '../../domain/rule-draft.ts'
import { attackVersion } from '../../knowledge/attack-techniques.ts'
import {
  changeDraft,
  createDraft,
  decideDraft,
  deployDraft,
  measureDraft,
  rollBackDraft,
  submitDraft,
} from '../../rule-drafts/draft-life.ts'
import type { DraftLifePorts, StepResult, StoredDraft } from '../../rule-drafts/draft-store.ts'
import { requestDrafting } from '../../rule-drafts/drafting-job.ts'
import type { Measured } from '../../rule-drafts/measure-draft.ts'
import { coverageInWorker } from '../../rule-drafts/ruleset-coverage.ts'
import { techniqueCounts } from '../../store/intel-reports.ts'
import { peopleByIds } from '../../store/people.ts'
import { findRuleDraft, listRuleDrafts } from '../../store/rule-drafts.ts'
import { type Measurement, type RuleDraftView, ruleEndpoints } from '../contract-rules.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { personView } from './person-view.ts'
import { personOf } from './session-routes.ts'

/** Time for a check that somebody waits for while typing. */
const checkBudgetMs = 10_000

/** Rule drafts. `signal` ends a deployment in progress, which then goes back; a client that leaves does not. */
export function ruleDraftRoutes(parts: {
  readonly ports: DraftLifePorts
  readonly tenant: string
  readonly signal: AbortSignal
  readonly modelConfigured: boolean
}): Route[] {
  const { ports, tenant, signal, modelConfigured } = parts
  const { database } = ports
  const answer = async (result: StepResult | Promise<StepResult>) => {
    const settled = await result
    if (settled.kind === 'refused') throw new RequestError(settled.code, settled.reason)
    const [draft] = await views(ports, tenant, [settled.draft])
    if (draft === undefined) throw new RequestError('not-found', 'the draft is gone')
    return { draft, modelConfigured }
  }
  return [
    route(ruleEndpoints.listRuleDrafts, async () => ({
      drafts: await views(ports, tenant, await listRuleDrafts<Measured>(database, tenant)),
      connected: ports.wazuh !== undefined,
    })),
    route(
      ruleEndpoints.ruleCoverage,
      async ({ signal: gone }) => {
        const counts = await techniqueCounts(database, tenant)
        const seen = new Map(counts.map(({ id, reports }) => [id, reports]))
        const { techniques, unknown } = await coverageInWorker({ base: ports.base(), seen }, gone)
        return {
          attackVersion: attackVersion.version,
          techniques: techniques.map(({ seen: reports, rules, tactics, ...rest }) => ({
            ...rest,
            tactics: [...tactics],
            rules: rules.map(({ id }) => id),
            reports,
          })),
          unknown: [...unknown],
        }
      },
      { requestsPerMinute: 30 },
    ),
    route(ruleEndpoints.readRuleDraft, async ({ params }) => {
      const draft = await findRuleDraft<Measured>(database, tenant, params.id)
      if (draft === undefined) throw new RequestError('not-found', `there is no rule draft ${params.id}`)
      return answer({ kind: 'done', draft })
    }),
    route(
      ruleEndpoints.checkRuleDraft,
      async ({ body, signal: gone }) => {
        const question = {
          ...body,
          fileName: 'tocsin_check.xml',
          origin: 'person',
          base: ports.base(),
          takenIds: [],
          past: [],
          budgetMs: checkBudgetMs,
        } as const
        return { measurement: measurementOf(await ports.measure(question, gone)) }
      },
      { requestsPerMinute: 60 },
    ),
    route(ruleEndpoints.createRuleDraft, ({ body, caller }) =>
      answer(createDraft(ports, tenant, body, personOf(caller).user.id)),
    ),
    route(ruleEndpoints.changeRuleDraft, ({ params, body, caller }) =>
      answer(changeDraft(ports, tenant, params.id, body, personOf(caller).user.id)),
    ),
    route(
      ruleEndpoints.draftRuleDraft,
      ({ params, body, caller }) =>
        answer(requestDrafting(ports, tenant, params.id, body.request, personOf(caller).user.id)),
      { requestsPerMinute: 10 },
    ),
    route(
      ruleEndpoints.measureRuleDraft,
      ({ params, signal: gone }) => answer(measureDraft(ports, tenant, params.id, gone)),
      { requestsPerMinute: 20 },
    ),
    route(ruleEndpoints.submitRuleDraft, ({ params, body, caller }) =>
      answer(submitDraft(ports, tenant, params.id, personOf(caller).user.id, body.reason)),
    ),
    route(ruleEndpoints.decideRuleDraft, ({ params, body, caller }) =>
      answer(decideDraft(ports, tenant, params.id, { ...body, person: personOf(caller).user.id })),
    ),
    route(ruleEndpoints.deployRuleDraft, ({ params, caller }) =>
      answer(deployDraft(ports, tenant, params.id, personOf(caller).user.id, signal)),
    ),
    route(ruleEndpoints.rollBackRuleDraft, ({ params, caller }) =>
      answer(rollBackDraft(ports, tenant, params.id, personOf(caller).user.id, signal)),
    ),
  ]
}

async function views(
  { database }: DraftLifePorts,
  tenant: string,
  drafts: readonly StoredDraft[],
): Promise<RuleDraftView[]> {
  const ids = drafts.flatMap(({ changedBy, requestedBy, decidedBy }) =>
    [changedBy, requestedBy, decidedBy].filter(id => id !== null),
  )
  const people = new Map((await peopleByIds(database, tenant, [...new Set(ids)])).map(row => [row.id, row]))
  const named = (id: string | null) => {
    const row = id === null ? undefined : people.get(id)
    return personView(id, row?.username, row?.displayName)
  }
  return drafts.map(draft => ({
    ...draft,
    cases: [...draft.cases],
    proof: draft.proof && measurementOf(draft.proof),
    drafting: draft.drafting && draftingOf(draft.drafting),
    changedBy: named(draft.changedBy),
    requestedBy: named(draft.requestedBy),
    decidedBy: named(draft.decidedBy),
  }))
}

function measurementOf(measured: Measured): Measurement {
  const findings = [...measured.findings]
  if (measured.kind === 'refused') return { ...measured, findings }
  const { cases, tallies, pastEvents, cutShort } = measured.proof
  return {
    ...measured,
    findings,
    ruleIds: [...measured.ruleIds],
    proof: {
      cases: [...cases],
      tallies: tallies.map(tally => ({ ...tally, examples: [...tally.examples] })),
      pastEvents,
      cutShort,
    },
  }
}

function draftingOf(drafting: Drafting): NonNullable<RuleDraftView['drafting']> {
  return drafting.kind === 'drafted' ? { ...drafting, complaints: [...drafting.complaints] } : drafting
}
