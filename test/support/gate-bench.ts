import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { ModelState } from '../../src/domain/model-state.ts'
import { type GateSettings, gateSetting } from '../../src/governance/model-gates/gate-settings.ts'
import { type GateParts, moveProfile } from '../../src/governance/model-gates/move-profile.ts'
import { registerProfiles } from '../../src/governance/model-gates/register-profiles.ts'
import { changeSetting } from '../../src/governance/setting.ts'
import { appendEntries } from '../../src/ledger/database-ledger.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { insertRun } from '../../src/store/evaluation-runs.ts'
import { listProfiles, type ProfileContent } from '../../src/store/model-profiles.ts'
import { openTestDatabase, type TestDatabase } from './postgres.ts'

const tenant = 'default'

/** A combination of model, prompts, policy and knowledge, told apart by what is given. */
export const profileContent = (
  model: string,
  zone = 'local',
  more: Partial<ProfileContent> = {},
): ProfileContent => ({
  provider: 'openai',
  model,
  zone,
  settings: { temperature: 0 },
  prompts: { 'case-brief': 'case-brief-1' },
  policy: 'p1',
  knowledge: 'k1',
  ...more,
})

/** A database with the parts of model gates, emptied before each test, and what tests do to it. */
export function gateBench() {
  let test: TestDatabase
  let clock: ReturnType<typeof fixedClock>
  let parts: GateParts

  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())
  beforeEach(async () => {
    await test.database.query(
      `alter table ledger disable trigger all; truncate ledger, model_profiles, model_moves, evaluation_runs,
         shadow_briefs, governance_settings, governance_records, governance_record_versions, cases, briefs;
       alter table ledger enable trigger all`,
    )
    clock = fixedClock(Date.UTC(2026, 5, 1))
    parts = { database: test.database, clock, ids: randomIds() }
  })

  const set = (over: Partial<GateSettings>) =>
    changeSetting(
      test.database,
      tenant,
      gateSetting,
      { ...gateSetting.initial, ...over },
      'admin',
      clock.now(),
    )
  const stateOf = async (id: string) =>
    (await listProfiles(test.database, tenant)).find(each => each.id === id)?.state
  const move = (profileId: string, to: ModelState, by: string | null, more: object = {}) =>
    moveProfile(parts, { tenant, profileId, to, by, reason: 'a test', ...more })

  async function register(model: string, zone = 'local'): Promise<string> {
    const ids = await registerProfiles(parts, tenant, [{ name: model, content: profileContent(model, zone) }])
    return ids.get(model) ?? ''
  }

  async function evaluated(
    profileId: string,
    suite: string,
    low: number,
    atMs = clock.now(),
    live = { triage: 0.9 },
  ) {
    await insertRun(test.database, tenant, {
      id: parts.ids.next('run'),
      suite,
      model: 'm',
      profileId,
      report: {
        metrics: {
          score: 0.9,
          ...Object.fromEntries(Object.entries(live).map(([task, value]) => [`live_${task}`, value])),
        },
        ci95: { score: [low, 1], score_model: [low, 1] },
      },
      document: '{}',
      signature: '',
      key: '',
      createdBy: null,
      createdMs: atMs,
    })
  }

  /** A call that ended so many milliseconds after it began. */
  async function called(profile: string, role: string, status: string, ms = 1000, costUsd = 0.001) {
    await test.database.transaction(async sql => {
      const base = { tenant, actor: 'task:case-brief', subject: 'case-1' }
      const body = { task: 'case-brief', model: 'm', profile, role }
      const [intent] = await appendEntries(sql, [{ ...base, kind: 'model-intent', body }], clock.now())
      const end = {
        ...body,
        intent_seq: intent?.seq ?? 0,
        status,
        cost_usd: costUsd,
        input_tokens: 10,
        output_tokens: 5,
      }
      await appendEntries(sql, [{ ...base, kind: 'model-outcome', body: end }], clock.now() + ms)
    })
  }

  /** Cases that a profile's brief called false positives, of which people decided so many otherwise. */
  async function decidedAgainst(profile: string, count: number, otherwise: number) {
    const { database } = test
    for (let n = 0; n < count; n++) {
      const id = parts.ids.next('case')
      await called(profile, 'active', 'answered')
      await database.query(
        `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
           created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, status, verdict, verdict_by, verdict_ms,
           verdict_reason)
         values ($1, $2, 'a case', 1, 5, 1, 1, $3, $3, $3, $3, $3, '{}', '{}', '{}', '{}', '{}', 'closed', $4, 'ann', $3, '')`,
        [tenant, id, clock.now(), n < otherwise ? 'true_positive' : 'false_positive'],
      )
      await database.query(
        `insert into briefs (tenant_id, id, case_id, revision, origin, created_ms, brief, evidence, review)
         values ($1, $2, $2, 1, 'model', $3, json_build_object('verdict', 'false_positive', 'origin',
           json_build_object('kind', 'model', 'ledgerSeq', (select max(seq) from ledger))), '[]', 'waiting')`,
        [tenant, id, clock.now()],
      )
    }
  }

  return {
    tenant,
    get database() {
      return test.database
    },
    /** The same database by connections of its own, as another process has them. */
    connect: () => test.connect(),
    get clock() {
      return clock
    },
    get parts() {
      return parts
    },
    set,
    stateOf,
    move,
    register,
    evaluated,
    called,
    decidedAgainst,
  }
}
