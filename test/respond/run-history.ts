import { mailGateway, type ResponseTarget } from '../../src/domain/proposal.ts'
import { noResponseSettings } from '../../src/domain/response-settings.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { countingIds } from '../../src/lib/ids.ts'
import type { MailGatewayClient } from '../../src/mail-gateway/mail-gateway.ts'
import { decideProposal } from '../../src/respond/decide.ts'
import { executeProposal } from '../../src/respond/execute.ts'
import { peopleNow } from '../../src/respond/people-now.ts'
import { policyNow } from '../../src/respond/policy-now.ts'
import { prepareProposal, submitProposal, withdrawProposal } from '../../src/respond/propose.ts'
import type { RespondPorts } from '../../src/respond/respond-ports.ts'
import type { ActiveResponseClient } from '../../src/wazuh/active-response.ts'
import { type History, people, type Step, type tamperings } from './approval-histories.ts'
import { ApprovalModel } from './approval-model.ts'
import type { Arena } from './arena.ts'

// The database is real, and so are the two racing executors and the crashes of the server.

export interface HistoryResult {
  readonly sent: number
  /** What went wrong, or `undefined`. */
  readonly violation: string | undefined
}

const isPerson = (id: string) => people.some(known => known === id)

/** Runs one history as a tenant of its own; returns how often the action was sent and the first violation. */
export async function runHistory(
  arena: Arena,
  tenant: string,
  { action, steps }: History,
): Promise<HistoryResult> {
  const clock = fixedClock(1_800_000_000_000)
  const [database, other] = arena.pools
  let sent = 0
  const count = <Result>(result: Result) => {
    sent++
    return result
  }
  const activeResponse: ActiveResponseClient = {
    send: async () => count({ kind: 'sent' }),
    restartAgent: async () => count({ kind: 'sent' }),
  }
  const gateway: MailGatewayClient = { send: async () => count({ kind: 'done', reason: 'blocked' }) }
  const outlets = { activeResponse, mailGateway: gateway, ticket: undefined, caseUrl: (id: string) => id }
  let nonces = 0
  const ids = countingIds()
  const ports: RespondPorts = {
    database,
    people: peopleNow,
    fileSettings: noResponseSettings,
    policy: (sql, asked) => policyNow(sql, asked, noResponseSettings),
    clock,
    ids,
    nonce: () => String(nonces++).padStart(32, '0'),
  }
  const execute = (of: string, on = database) =>
    executeProposal({ ...ports, database: on }, outlets, tenant, of, AbortSignal.timeout(300_000))
  const model = new ApprovalModel()
  for (const id of people)
    await database.query(
      `insert into users (tenant_id, id, username, display_name, role, password_hash, must_change_password, created_ms)
       values ($1, $2, $2, $2, 'approver', 'x', false, 0)`,
      [tenant, id],
    )
  const target: ResponseTarget = { agentId: '001', agentName: 'web', platform: 'linux' }
  const prepare = () =>
    prepareProposal(
      ports,
      {
        tenant,
        caseId: 'c',
        action,
        ...(action === 'block-mail-sender'
          ? { arguments: { address: 'x@evil.example' }, target: mailGateway }
          : { arguments: { path: '/srv/x', sha256: 'a'.repeat(64) }, target }),
        reason: 'r',
        evidence: [],
      },
      'model',
    )
  const prepared = await prepare()
  if (prepared.kind === 'refused') return { sent, violation: `could not prepare: ${prepared.reason}` }
  const { id, digest } = prepared.proposal

  /** Does one step; says what went wrong. */
  const take = async (each: Step): Promise<string | undefined> => {
    const before = sent
    const allowed = model.mayRun(action)
    /** After something that may have carried it out. */
    const judge = () => {
      const times = sent - before
      if (times > 1) return 'it was sent twice'
      if (times === 1 && !allowed) return 'it was sent without valid approvals'
      if (times === 1) model.state = 'over'
      return undefined
    }
    switch (each.kind) {
      case 'submit': {
        const result = await submitProposal(ports, tenant, id, each.by)
        if (result.kind === 'refused') return undefined
        if (!isPerson(each.by)) return `${each.by} could submit`
        model.state = 'awaiting'
        model.requester = each.by
        return undefined
      }
      case 'decide': {
        const result = await decideProposal(ports, {
          tenant,
          proposalId: id,
          digest: each.digest === 'right' ? digest : 'b'.repeat(64),
          approver: each.by,
          onBehalfOf: undefined,
          decision: each.decision,
          reason: 'because',
          steppedUpAtMs:
            each.stepUp === 'none' ? undefined : clock.now() - (each.stepUp === 'stale' ? 3_600_000 : 0),
        })
        if (result.kind === 'refused') return undefined
        if (!isPerson(each.by)) return `${each.by} could decide`
        if (each.digest === 'wrong') return 'a decision on another digest was taken'
        if (model.decided.has(each.by)) return `${each.by} could decide twice`
        model.decided.add(each.by)
        if (each.decision === 'reject') {
          model.state = 'over'
          return undefined
        }
        if (each.by === model.requester) return 'the requester could approve'
        if (model.newVouch(each.by)?.alone === true) return 'whom one admin alone let in could approve'
        model.yes.push({
          by: each.by,
          fresh: each.stepUp === 'fresh',
          voices: model.voices(each.by),
          asking: model.voices(model.requester ?? ''),
        })
        return undefined
      }
      case 'execute':
        await Promise.all([execute(id), ...(each.twice ? [execute(id, other)] : [])])
        return judge()
      case 'restart': {
        // Whoever is at work when the server goes down fails, or is done: never both, never twice.
        await arena.restart(each.afterMs, each.during ? () => execute(id).catch(() => undefined) : undefined)
        return judge()
      }
      case 'replay': {
        const second = await prepare()
        if (second.kind === 'refused') return undefined
        const copy = [tenant, second.proposal.id, id]
        await database.query(
          `update proposals set state = 'approved', requested_by = (select requested_by from proposals
             where tenant_id = $1 and id = $3) where tenant_id = $1 and id = $2`,
          copy,
        )
        await database.query(
          `insert into approvals (tenant_id, proposal_id, proposal_digest, approver, on_behalf_of, decision, reason, at_ms, stepped_up_ms)
           select tenant_id, $2, proposal_digest, approver, on_behalf_of, decision, reason, at_ms, stepped_up_ms
           from approvals where tenant_id = $1 and proposal_id = $3`,
          copy,
        )
        await execute(second.proposal.id)
        return sent === before ? undefined : 'approvals were good for another proposal'
      }
      case 'withdraw':
        if ((await withdrawProposal(ports, tenant, id, each.by)).kind === 'proposed') model.state = 'over'
        break
      case 'role':
        model.role.set(each.of, each.role)
        await database.query('update users set role = $3 where tenant_id = $1 and id = $2', [
          tenant,
          each.of,
          each.role,
        ])
        break
      case 'disable':
        model.disabled.add(each.of)
        await database.query(`update users set state = 'disabled' where tenant_id = $1 and id = $2`, [
          tenant,
          each.of,
        ])
        break
      case 'vouch':
        model.vouched.set(each.of, { by: each.by, alone: each.alone, atMinute: model.ageMinutes })
        await database.query(
          'update users set vouched_ms = $3, vouched_by = $4, vouched_alone = $5 where tenant_id = $1 and id = $2',
          [tenant, each.of, clock.now(), [each.by], each.alone],
        )
        // What is said in the same millisecond could be said before or after.
        clock.advance(1)
        break
      case 'tamper':
        model.tampered = true
        await database.query(
          `update proposals set content = jsonb_set(content::jsonb, $2::text[], $3::jsonb)::json where tenant_id = $1`,
          [tenant, ...tamperedWith(each.what)],
        )
        break
      case 'wait':
        clock.advance(each.minutes * 60_000)
        model.ageMinutes += each.minutes
        break
    }
    return sent === before ? undefined : `${each.kind} sent something`
  }
  for (const each of steps) {
    const violation = await take(each)
    if (violation !== undefined) return { sent, violation }
  }
  return { sent, violation: sent > 1 ? 'it was sent more than once' : undefined }
}

/** Where in the content, and what stands there then. */
function tamperedWith(what: (typeof tamperings)[number]): [string[], string] {
  switch (what) {
    case 'arguments':
      return [['arguments', 'path'], '"/srv/other"']
    case 'agent':
      return [['target', 'agentId'], '"002"']
    case 'action':
      return [['action'], '"restore-file"']
    case 'expiry':
      return [['expiresAtMs'], '9000000000000']
    case 'nonce':
      return [['nonce'], `"${'f'.repeat(32)}"`]
    case 'case':
      return [['caseId'], '"another"']
  }
}
