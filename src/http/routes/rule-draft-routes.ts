import { type Drafting, ruleFileEndings, ruleKinds } from '../../domain/rule-draft.ts'
import type { AttackKnowledge } from '../../knowledge/attack-knowledge.ts'
import { compareDraft } from '../../rule-drafts/compare-with-manager.ts'
import { deadRulesInWorker } from '../../rule-drafts/dead-rules.ts'
import { deployDraft, rollBackDraft } from '../../rule-drafts/draft-deployment.ts'
import { changeDraft, decideDraft, submitDraft } from '../../rule-drafts/draft-life.ts'
import { measureDraft, pastAlerts, presentBase } from '../../rule-drafts/draft-measurement.ts'
import { addSample, removeSample, samplesOf } from '../../rule-drafts/draft-samples.ts'
import type { DraftLifePorts, StepResult, StoredDraft } from '../../rule-drafts/draft-store.ts'
import { type RuleDraftPorts, requestDrafting } from '../../rule-drafts/drafting-job.ts'
import type { Measured } from '../../rule-drafts/measure-draft.ts'
import { coverageInWorker } from '../../rule-drafts/ruleset-coverage.ts'
import { startDraft } from '../../rule-drafts/start-draft.ts'
import {
  type CoveringRule,
  coveringSigmaRules,
  coveringYaraRules,
} from '../../rule-drafts/technique-coverage.ts'
import { techniqueCounts } from '../../store/intel-reports.ts'
import { peopleByIds } from '../../store/people.ts'
import {
  findRuleDraft,
  listRuleDrafts,
  listSamples,
  newestAlerts,
  noisyRules,
  verdictsOfRules,
} from '../../store/rule-drafts.ts'
import type { Measurement } from '../contract-rule-measurement.ts'
import { type RuleDraftView, ruleEndpoints } from '../contract-rules.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { personView } from './person-view.ts'
import { actorId, personOf } from './session-routes.ts'

/** Time for a check that somebody waits for while typing. */
const checkBudgetMs = 10_000
const sampleUploadBytes = 12 * 1024 * 1024
const mostNoisyRules = 20

/** Rule drafts. `signal` ends a deployment in progress, which then goes back; a client that leaves does not. */
export function ruleDraftRoutes(parts: {
  readonly ports: RuleDraftPorts
  readonly tenant: string
  readonly attack: AttackKnowledge
  readonly signal: AbortSignal
  readonly modelConfigured: boolean
}): Route[] {
  const { ports, tenant, attack, signal, modelConfigured } = parts
  const { database } = ports
  const answer = async (result: StepResult | Promise<StepResult>) => {
    const settled = await result
    if (settled.kind === 'refused') throw new RequestError(settled.code, settled.reason)
    const [draft] = await views(ports, tenant, [settled.draft])
    if (draft === undefined) throw new RequestError('not-found', 'the draft is gone')
    const { kind, id, state } = draft
    return {
      draft,
      modelConfigured,
      samples: kind === 'yara' ? await listSamples(database, tenant, id) : [],
      deployable: ports.targets[kind] !== undefined,
      comparable: (kind === 'wazuh' || kind === 'decoders') && ports.logtest !== undefined,
      watch: state === 'deployed' ? await watched(ports, tenant, settled.draft) : null,
    }
  }
  const existing = async (id: string): Promise<StoredDraft> => {
    const draft = await findRuleDraft<Measured>(database, tenant, id)
    if (draft === undefined) throw new RequestError('not-found', `there is no rule draft ${id}`)
    return draft
  }
  return [
    route(ruleEndpoints.listRuleDrafts, async () => ({
      drafts: await views(ports, tenant, await listRuleDrafts<Measured>(database, tenant)),
      deployable: ruleKinds.filter(kind => ports.targets[kind] !== undefined),
    })),
    route(
      ruleEndpoints.ruleCoverage,
      async ({ signal: gone }) => {
        const counts = await techniqueCounts(database, tenant)
        const seen = new Map(counts.map(({ id, reports }) => [id, reports]))
        const others = await deployedRules(database, tenant)
        const { techniques, unknown } = await coverageInWorker(
          { base: ports.base(), others, seen, added: attack.added },
          gone,
        )
        return {
          domains: attack.domains.map(each => ({ ...each })),
          tactics: attack.columns.map(({ key, name }) => ({ shortName: key, name })),
          techniques: techniques.map(({ seen: reports, rules, tactics: own, ...rest }) => ({
            ...rest,
            tactics: [...own],
            rules: [...rules],
            reports,
          })),
          unknown: [...unknown],
        }
      },
      { requestsPerMinute: 30 },
    ),
    route(ruleEndpoints.noisyRules, async () => ({
      rules: await noisyRules(database, tenant, mostNoisyRules),
    })),
    route(
      ruleEndpoints.deadRules,
      async ({ signal: gone }) => {
        const base = await presentBase(ports, tenant, 'wazuh')
        const past = await newestAlerts(database, tenant, pastAlerts)
        const { rules, pastEvents } = await deadRulesInWorker({ base, past }, gone)
        return { rules: [...rules], pastEvents }
      },
      { requestsPerMinute: 10 },
    ),
    route(ruleEndpoints.readRuleDraft, async ({ params }) =>
      answer({ kind: 'done', draft: await existing(params.id) }),
    ),
    route(
      ruleEndpoints.checkRuleDraft,
      async ({ body, signal: gone }) => {
        const question = {
          ...body,
          fileName: `tocsin_check${ruleFileEndings[body.kind]}`,
          origin: 'person',
          base: await presentBase(ports, tenant, body.kind),
          takenIds: [],
          past: [],
          samples: [],
          deep: false,
          budgetMs: checkBudgetMs,
        } as const
        return { measurement: measurementOf(await ports.measure(question, gone)) }
      },
      { requestsPerMinute: 60 },
    ),
    route(ruleEndpoints.createRuleDraft, ({ body, caller, signal: gone }) =>
      answer(startDraft(ports, tenant, body, actorId(caller), gone)),
    ),
    route(
      ruleEndpoints.addRuleSample,
      ({ params, body, caller }) => {
        const { name, mustMatch, contentBase64 } = body
        const file = { name, mustMatch, bytes: Buffer.from(contentBase64, 'base64') }
        return answer(addSample(ports, tenant, params.id, file, personOf(caller).user.id))
      },
      { bodyBytes: sampleUploadBytes },
    ),
    route(ruleEndpoints.removeRuleSample, ({ params, caller }) =>
      answer(removeSample(ports, tenant, params.id, params.sampleId, personOf(caller).user.id)),
    ),
    route(
      ruleEndpoints.ruleCandidates,
      async ({ params, signal: gone }) => {
        const { id } = await existing(params.id)
        const files = (await samplesOf(ports, database, tenant, id)).filter(({ mustMatch }) => mustMatch)
        if (files.length === 0)
          throw new RequestError(
            'conflict',
            'add a sample that the rule must match: strings are drawn from it',
          )
        const found = await ports.candidates(
          files.map(({ bytes }) => bytes),
          gone,
        )
        return { ...found, candidates: found.candidates.map(one => ({ ...one, reasons: [...one.reasons] })) }
      },
      { requestsPerMinute: 6 },
    ),
    route(
      ruleEndpoints.compareRuleDraft,
      async ({ params, signal: gone }) => {
        const { logtest } = ports
        if (logtest === undefined)
          throw new RequestError('conflict', 'no Wazuh server is connected: set TOCSIN_WAZUH_API_URL')
        const draft = await existing(params.id)
        const base = await presentBase(ports, tenant, draft.kind)
        return compareDraft(draft, base, logtest, ports.clock.now(), gone)
      },
      { requestsPerMinute: 10 },
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

/** What the alerts of a deployed draft's rules came to. Its last change was the deployment. */
async function watched({ database }: DraftLifePorts, tenant: string, { proof, changedAtMs }: StoredDraft) {
  const ids = proof?.kind === 'proven' ? proof.ruleIds.map(String) : []
  if (ids.length === 0) return null
  const rows = await verdictsOfRules(database, tenant, ids, changedAtMs)
  return {
    sinceMs: changedAtMs,
    alerts: rows.reduce((sum, { alerts }) => sum + alerts, 0),
    against: Object.fromEntries(rows.map(({ verdict, alerts }) => [verdict ?? 'unjudged', alerts])),
  }
}

/** Sigma and YARA rules that are deployed, as far as coverage looks at them. Wazuh's own are read from its files. */
async function deployedRules(database: DraftLifePorts['database'], tenant: string): Promise<CoveringRule[]> {
  const drafts = await listRuleDrafts<Measured>(database, tenant)
  return drafts
    .filter(({ state }) => state === 'deployed')
    .flatMap(({ kind, text }) =>
      kind === 'sigma' ? coveringSigmaRules(text) : kind === 'yara' ? coveringYaraRules(text) : [],
    )
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
    origin: draft.origin && { kind: draft.origin.kind, id: draft.origin.id, title: draft.origin.title },
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
  const { cases, tallies, pastEvents, cutShort, samples, corpus } = measured.proof
  return {
    ...measured,
    findings,
    ruleIds: [...measured.ruleIds],
    proof: {
      cases: [...cases],
      tallies: tallies.map(tally => ({ ...tally, examples: [...tally.examples] })),
      pastEvents,
      cutShort,
      ...(samples && { samples: samples.map(one => ({ ...one, rules: [...one.rules] })) }),
      ...(corpus && {
        corpus: {
          ...corpus,
          folders: [...corpus.folders],
          hits: corpus.hits.map(hit => ({
            ...hit,
            examples: hit.examples.map(one => ({ ...one, strings: [...one.strings] })),
          })),
        },
      }),
    },
  }
}

function draftingOf(drafting: Drafting): NonNullable<RuleDraftView['drafting']> {
  return drafting.kind === 'drafted' ? { ...drafting, complaints: [...drafting.complaints] } : drafting
}
