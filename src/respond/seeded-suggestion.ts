import { createHash } from 'node:crypto'
import type { Alert } from '../domain/alert.ts'
import { isSeeded, type Proposal, type ResponseTarget } from '../domain/proposal.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'
import {
  casesElsewhere,
  casesToSeed,
  findSeed,
  insertSeed,
  type SeedKind,
} from '../store/seeded-suggestions.ts'
import { caseAlerts } from './case-response.ts'
import { prepareProposalIn, submitProposalIn } from './propose.ts'
import { targetOf } from './remediation.ts'
import type { RespondPorts } from './respond-ports.ts'

export interface SeedRequest {
  readonly tenant: string
  readonly kind: SeedKind
  /** The lead who decided it: never an approver of it, as with every proposal of theirs. */
  readonly personId: string
}

export type SeedResult =
  | {
      readonly kind: 'seeded'
      readonly proposalId: string
      readonly caseId: string
      readonly whatIsWrong: string
    }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

interface Plan {
  readonly action: string
  readonly arguments: Json
  readonly target: ResponseTarget
  readonly reason: string
  readonly whatIsWrong: string
}

/**
 * Puts a bad suggestion into the inbox of approvals, on a lead's decision, in the words of real ones: an address that the case
 * knows nothing of, or a host that has no part in it. What it is stands in its nonce, under its digest; `authorise` makes no
 * approved proposal of it, and the database lets none become one. The ledger gets a commitment now and the name afterwards.
 */
export async function seedSuggestion(ports: RespondPorts, request: SeedRequest): Promise<SeedResult> {
  const { tenant, kind, personId } = request
  const { database } = ports
  const candidates = await casesToSeed(database, tenant)
  // Chance that nobody can guess decides where: else one would know to look.
  const nonce = ports.nonce()
  const start = candidates.length === 0 ? 0 : Number.parseInt(nonce.slice(0, 8), 16) % candidates.length
  const seeded: RespondPorts = { ...ports, nonce: () => `seeded-${nonce}` }
  for (const caseId of [...candidates.slice(start), ...candidates.slice(0, start)]) {
    const plan = await planFor(ports, tenant, caseId, kind, nonce)
    if (plan === undefined) continue
    return database.transaction(async (sql): Promise<SeedResult> => {
      const { whatIsWrong, ...draft } = plan
      const prepared = await prepareProposalIn(
        sql,
        seeded,
        { ...draft, tenant, caseId, evidence: [] },
        'code',
      )
      if (prepared.kind === 'refused') return prepared
      const { id, digest } = prepared.proposal
      const nowMs = ports.clock.now()
      await insertSeed(sql, tenant, {
        proposalId: id,
        caseId,
        kind,
        whatIsWrong,
        byId: personId,
        atMs: nowMs,
      })
      const submitted = await submitProposalIn(sql, seeded, tenant, id, personId)
      if (submitted.kind === 'refused') return submitted
      const commitment = createHash('sha256').update(`${id} ${digest} ${nonce}`).digest('hex')
      const body = { setting: 'oversight-check', commitment }
      await appendEntries(
        sql,
        [{ kind: 'config-change', tenant, actor: `user:${personId}`, subject: 'oversight', body }],
        nowMs,
      )
      return { kind: 'seeded', proposalId: id, caseId, whatIsWrong }
    })
  }
  return {
    kind: 'refused',
    code: 'no-case',
    reason: 'there is no open case in which such a suggestion would be wrong: wait for one',
  }
}

async function planFor(
  ports: RespondPorts,
  tenant: string,
  caseId: string,
  kind: SeedKind,
  nonce: string,
): Promise<Plan | undefined> {
  const alerts = await caseAlerts(ports.database, tenant, caseId)
  const own = alerts.find(isEndpoint)
  if (own === undefined) return undefined
  if (kind === 'wrong-address') {
    // Of a network that is nobody's (RFC 5737), so that it could do no harm even so.
    const address = `203.0.113.${1 + (Number.parseInt(nonce.slice(8, 12), 16) % 254)}`
    if (alerts.some(alert => JSON.stringify(alert.document).includes(address))) return undefined
    return {
      action: 'block-address',
      arguments: { address },
      target: targetOf(own),
      reason: 'The alerts of this case come from this address: block it on the host.',
      whatIsWrong: `no alert of the case names ${address}`,
    }
  }
  const hosts = [...new Set(alerts.map(({ agent }) => agent.name))]
  const elsewhere = await casesElsewhere(ports.database, tenant, hosts)
  for (const other of elsewhere) {
    const stranger = (await caseAlerts(ports.database, tenant, other)).find(
      alert => isEndpoint(alert) && !hosts.includes(alert.agent.name),
    )
    if (stranger === undefined) continue
    return {
      action: 'isolate-host',
      arguments: {},
      target: targetOf(stranger),
      reason: 'This host shows the behaviour of the case: isolate it until it has been looked at.',
      whatIsWrong: `${stranger.agent.name} has no part in the case`,
    }
  }
  return undefined
}

const isEndpoint = ({ agent }: Alert) => /^\d{3,}$/.test(agent.id) && agent.id !== '000'

/** What a person is told once they have decided on a seeded suggestion, and what the ledger is told then. */
export async function discloseSeed(
  sql: Sql,
  tenant: string,
  proposal: Proposal,
  decision: 'approve' | 'reject',
  nowMs: number,
): Promise<string | undefined> {
  if (!isSeeded(proposal.content)) return undefined
  const seed = await findSeed(sql, tenant, proposal.id)
  const why = seed?.whatIsWrong ?? 'it was never a real suggestion'
  const nonce = proposal.content.nonce.slice('seeded-'.length)
  const body = {
    setting: 'oversight-check',
    decision,
    digest: proposal.digest,
    nonce,
    kind: seed?.kind ?? null,
  }
  await appendEntries(
    sql,
    [{ kind: 'config-change', tenant, actor: 'system', subject: proposal.id, body }],
    nowMs,
  )
  return decision === 'reject'
    ? `This was a check, and you caught it: ${why}. Nothing would have been carried out.`
    : `This was a check: ${why}. Nothing is carried out. Read the evidence before you approve.`
}
