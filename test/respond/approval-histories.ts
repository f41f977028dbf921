import fc from 'fast-check'
import { mailGateway } from '../../src/domain/proposal.ts'
import { noResponseSettings } from '../../src/domain/response-settings.ts'
import type { Role } from '../../src/domain/role.ts'
import { roles } from '../../src/domain/role.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { countingIds } from '../../src/lib/ids.ts'
import type { MailGatewayClient } from '../../src/mail-gateway/mail-gateway.ts'
import { decideProposal } from '../../src/respond/decide.ts'
import { executeProposal } from '../../src/respond/execute.ts'
import { peopleNow } from '../../src/respond/people-now.ts'
import { policyNow } from '../../src/respond/policy-now.ts'
import { prepareProposal, submitProposal, withdrawProposal } from '../../src/respond/propose.ts'
import type { RespondPorts } from '../../src/respond/respond-ports.ts'
import { connectDatabase } from '../../src/store/connect.ts'
import type { ActiveResponseClient } from '../../src/wazuh/active-response.ts'
import type { TestDatabase } from '../support/postgres.ts'

// Histories of what people, clocks, attackers and crashes can do to one proposal, against a model that is written from
// the rules alone: it shares no code with the product. The database is real, and so are the two racing executors.

const people = ['ana', 'ben', 'cleo'] as const
type PersonId = (typeof people)[number]

const person = fc.constantFrom(...people)
const anyone = fc.oneof(
  { weight: 6, arbitrary: person },
  { weight: 1, arbitrary: fc.constantFrom('model', 'token', '') },
)

type Step =
  | { readonly kind: 'submit'; readonly by: string }
  | {
      readonly kind: 'decide'
      readonly by: string
      readonly decision: 'approve' | 'reject'
      readonly digest: 'right' | 'wrong'
      readonly stepUp: 'fresh' | 'stale' | 'none'
    }
  | { readonly kind: 'execute'; readonly twice: boolean }
  | { readonly kind: 'withdraw'; readonly by: string }
  | { readonly kind: 'role'; readonly of: PersonId; readonly role: Role }
  | { readonly kind: 'disable'; readonly of: PersonId }
  | { readonly kind: 'tamper' }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'reconnect' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('submit' as const), by: anyone }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      by: anyone,
      decision: fc.oneof(
        { weight: 8, arbitrary: fc.constant('approve' as const) },
        { weight: 1, arbitrary: fc.constant('reject' as const) },
      ),
      digest: fc.oneof(
        { weight: 8, arbitrary: fc.constant('right' as const) },
        { weight: 1, arbitrary: fc.constant('wrong' as const) },
      ),
      stepUp: fc.oneof(
        { weight: 6, arbitrary: fc.constant('fresh' as const) },
        fc.constant('stale' as const),
        fc.constant('none' as const),
      ),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('execute' as const), twice: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), by: anyone }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('role' as const), of: person, role: fc.constantFrom(...roles) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disable' as const), of: person }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'tamper' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reconnect' as const }) },
)

/** A history: which action, then up to 14 steps, mostly beginning as people would. */
export const history = fc.record({
  action: fc.constantFrom('quarantine-file', 'delete-file', 'block-mail-sender'),
  steps: fc.array(step, { minLength: 3, maxLength: 14 }),
})
export type History = {
  readonly action: 'quarantine-file' | 'delete-file' | 'block-mail-sender'
  readonly steps: readonly Step[]
}

export interface HistoryResult {
  readonly sent: number
  /** What went wrong, or `undefined`. */
  readonly violation: string | undefined
}

/** What the rules allow, kept beside the product. */
class Model {
  state: 'draft' | 'awaiting' | 'over' = 'draft'
  requester: string | undefined
  readonly yes = new Map<string, boolean>()
  readonly decided = new Set<string>()
  role = new Map<string, Role>()
  disabled = new Set<string>()
  tampered = false
  ageMinutes = 0

  approvals(action: string): number {
    const right = (id: string) =>
      ['approver', 'admin'].includes(this.role.get(id) ?? '') && !this.disabled.has(id)
    return [...this.yes].filter(
      ([id, fresh]) => id !== this.requester && right(id) && (action !== 'delete-file' || fresh),
    ).length
  }

  mayRun(action: string): boolean {
    return (
      this.state === 'awaiting' &&
      !this.tampered &&
      this.ageMinutes < 240 &&
      this.approvals(action) >= (action === 'delete-file' ? 2 : 1)
    )
  }
}

/** Runs one history; returns how often the action was sent and the first violation. */
export async function runHistory(test: TestDatabase, { action, steps }: History): Promise<HistoryResult> {
  const clock = fixedClock(1_800_000_000_000)
  const connect = () =>
    connectDatabase({ connection: test.connection, maxConnections: 4, onIdleError: () => undefined })
  const ids = countingIds()
  let database = connect()
  let sent = 0
  const activeResponse: ActiveResponseClient = {
    async send() {
      sent++
      return { kind: 'sent' }
    },
    async restartAgent() {
      sent++
      return { kind: 'sent' }
    },
  }
  const gateway: MailGatewayClient = {
    async send() {
      sent++
      return { kind: 'done', reason: 'blocked' }
    },
  }
  const outlets = { activeResponse, mailGateway: gateway, ticket: undefined, caseUrl: (id: string) => id }
  const ports = (): RespondPorts => ({
    database,
    people: peopleNow,
    fileSettings: noResponseSettings,
    policy: (sql, tenant) => policyNow(sql, tenant, noResponseSettings),
    clock,
    ids,
    nonce: () => '0'.repeat(32),
  })
  const signal = AbortSignal.timeout(60_000)
  const model = new Model()
  try {
    await database.query('truncate proposals, approvals, approval_delegations, users, case_history cascade')
    for (const id of people) {
      model.role.set(id, 'approver')
      await database.query(
        `insert into users (tenant_id, id, username, display_name, role, password_hash, must_change_password, created_ms) values ('t', $1, $1, $1, 'approver', 'x', false, 0)`,
        [id],
      )
    }
    const prepared = await prepareProposal(
      ports(),
      {
        tenant: 't',
        caseId: 'c',
        action,
        ...(action === 'block-mail-sender'
          ? { arguments: { address: 'x@evil.example' }, target: mailGateway }
          : {
              arguments: { path: '/srv/x', sha256: 'a'.repeat(64) },
              target: { agentId: '001', agentName: 'web', platform: 'linux' },
            }),
        reason: 'r',
        evidence: [],
      },
      'model',
    )
    if (prepared.kind === 'refused') return { sent, violation: `could not prepare: ${prepared.reason}` }
    const { id, digest } = prepared.proposal
    for (const each of steps) {
      const before = sent
      const allowed = model.mayRun(action)
      switch (each.kind) {
        case 'submit': {
          const result = await submitProposal(ports(), 't', id, each.by)
          if (result.kind === 'proposed') {
            if (!people.some(known => known === each.by))
              return { sent, violation: `${each.by} could submit` }
            model.state = 'awaiting'
            model.requester = each.by
          }
          break
        }
        case 'decide': {
          const steppedUpAtMs =
            each.stepUp === 'none' ? undefined : clock.now() - (each.stepUp === 'stale' ? 3_600_000 : 0)
          const result = await decideProposal(ports(), {
            tenant: 't',
            proposalId: id,
            digest: each.digest === 'right' ? digest : 'b'.repeat(64),
            approver: each.by,
            onBehalfOf: undefined,
            decision: each.decision,
            reason: 'because',
            steppedUpAtMs,
          })
          if (result.kind === 'decided') {
            if (!people.some(known => known === each.by))
              return { sent, violation: `${each.by} could decide` }
            if (each.digest === 'wrong') return { sent, violation: 'a decision on another digest was taken' }
            if (model.decided.has(each.by)) return { sent, violation: `${each.by} could decide twice` }
            if (each.decision === 'approve' && each.by === model.requester)
              return { sent, violation: 'the requester could approve' }
            model.decided.add(each.by)
            if (each.decision === 'reject') model.state = 'over'
            else model.yes.set(each.by, each.stepUp === 'fresh')
          }
          break
        }
        case 'execute': {
          const runs = each.twice ? [database, connect()] : [database]
          await Promise.all(
            runs.map(own => executeProposal({ ...ports(), database: own }, outlets, 't', id, signal)),
          )
          await Promise.all(runs.slice(1).map(own => own.close()))
          const count = sent - before
          if (count > 1) return { sent, violation: 'it was sent twice' }
          if (count === 1 && !allowed) return { sent, violation: 'it was sent without valid approvals' }
          if (count === 1) model.state = 'over'
          break
        }
        case 'withdraw': {
          if ((await withdrawProposal(ports(), 't', id, each.by)).kind === 'proposed') model.state = 'over'
          break
        }
        case 'role':
          model.role.set(each.of, each.role)
          await database.query('update users set role = $2 where id = $1', [each.of, each.role])
          break
        case 'disable':
          model.disabled.add(each.of)
          await database.query(`update users set state = 'disabled' where id = $1`, [each.of])
          break
        case 'tamper':
          model.tampered = true
          await database.query(
            `update proposals set content = jsonb_set(content::jsonb, '{arguments,path}', '"/srv/other"')::json`,
          )
          break
        case 'wait':
          clock.advance(each.minutes * 60_000)
          model.ageMinutes += each.minutes
          break
        case 'reconnect':
          await database.close()
          database = connect()
          break
      }
      if (each.kind !== 'execute' && sent !== before)
        return { sent, violation: `${each.kind} sent something` }
    }
    return { sent, violation: sent > 1 ? 'it was sent more than once' : undefined }
  } finally {
    await database.close()
  }
}
