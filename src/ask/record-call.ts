import type { JudgedClaim } from '../domain/claim.ts'
import type { ModelQuestion } from '../domain/model-question.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type DataKeys, sealContent } from '../ledger/sealed-content.ts'
import { AppError } from '../lib/app-error.ts'
import { digestOf } from '../lib/canonical-json.ts'
import type { ModelClient } from '../llm/completion.ts'
import type { GatewayAnswer } from '../llm/gateway.ts'
import type { Policy } from '../policy/policy.ts'
import type { QuestionDecision } from './build-request.ts'
import type { ModelRoute } from './model-route.ts'
import { promptFrame } from './prompt.ts'

export interface RecordKeeping {
  readonly ledger: Ledger
  readonly dataKeys: DataKeys
  readonly versions: { readonly tocsin: string; readonly knowledge: string }
}

/** How a call ended, for the record. */
export type CallEnd =
  | { readonly kind: 'invalid'; readonly reason: string }
  | {
      readonly kind: 'judged'
      readonly claims: readonly JudgedClaim[]
      readonly unsupported: string | undefined
    }

/** The ledger's side of one question. Whatever cannot be written stops the call. */
export interface ModelRecord {
  /** Before the bytes leave. */
  intent(client: ModelClient, bytes: Uint8Array, destination: string): Promise<void>
  /** After an answer came. */
  outcome(received: GatewayAnswer, end: CallEnd): Promise<LedgerEntry>
  /** When a call that was announced brought no answer. Writes nothing where nothing was announced. */
  failure(error: unknown): Promise<void>
}

type Question = Omit<ModelQuestion<unknown>, 'claimsOf'>

export function createRecord(
  keeping: RecordKeeping,
  question: Question,
  policy: Policy,
  decision: QuestionDecision,
  profileOf: ModelRoute['profileOf'],
): ModelRecord {
  const { tenant, caseId, task } = question
  const base = { tenant, subject: caseId, actor: `task:${task}` }
  const versions = {
    tocsin: keeping.versions.tocsin,
    knowledge: keeping.versions.knowledge,
    prompt: `${question.promptVersion}+${promptFrame}`,
    policy: digestOf(policy).slice(0, 16),
  }
  const profile = (model: string): LedgerEntry['body'] => {
    const known = profileOf(model)
    return known === undefined ? {} : { profile: known.id, role: known.role }
  }
  const sealed = (content: string | Uint8Array) => sealContent(keeping.dataKeys, tenant, caseId, content)
  let open: { readonly seq: number; readonly model: string } | undefined

  const write = async (kind: LedgerEntry['kind'], body: LedgerEntry['body']) => {
    const [entry] = await keeping.ledger.append([{ ...base, kind, body }])
    if (!entry) throw new AppError('ledger-unwritten', `the ledger did not take the record for ${caseId}`)
    return entry
  }
  const close = async (status: string, more: LedgerEntry['body']) => {
    const entry = await write('model-outcome', { intent_seq: open?.seq ?? 0, status, ...more })
    open = undefined
    return entry
  }
  return {
    async intent(client, bytes, destination) {
      if (open)
        await close('failed', {
          task,
          model: open.model,
          ...profile(open.model),
          error: 'another attempt followed',
        })
      const entry = await write('model-intent', {
        task,
        model: client.name,
        model_id: client.modelId,
        ...profile(client.name),
        zone: client.zone,
        destination,
        decision: decision.decision,
        rule: decision.rule,
        classes: decision.classes.map(each => ({ class: each.class, count: each.count })),
        versions,
        size_bytes: bytes.length,
        request: await sealed(bytes),
      })
      open = { seq: entry.seq, model: client.name }
    },
    async outcome({ completion, client, costUsd }, end) {
      const status =
        end.kind === 'invalid' ? 'invalid' : end.unsupported === undefined ? 'answered' : 'unsupported'
      const reason = end.kind === 'invalid' ? end.reason : end.unsupported
      return close(status, {
        task,
        model: client.name,
        model_id: client.modelId,
        ...profile(client.name),
        zone: client.zone,
        finish: completion.finish,
        input_tokens: completion.usage.inputTokens,
        output_tokens: completion.usage.outputTokens,
        ...(completion.usage.cachedTokens === undefined
          ? {}
          : { cached_tokens: completion.usage.cachedTokens }),
        cost_usd: costUsd,
        versions,
        ...(reason === undefined ? {} : { reason: await sealed(reason) }),
        answer: await sealed(completion.text),
        ...(end.kind === 'judged'
          ? {
              claim_fates: tally(end.claims),
              claims: await sealed(JSON.stringify(end.claims)),
            }
          : {}),
      })
    },
    async failure(error) {
      if (!open) return
      const code = error instanceof AppError ? error.code : 'fault'
      await close('failed', { task, model: open.model, ...profile(open.model), error: code })
    },
  }
}

function tally(claims: readonly JudgedClaim[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of claims) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
