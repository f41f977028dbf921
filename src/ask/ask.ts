import type { Inventory } from '../domain/inventory.ts'
import type { AskModel, ModelAnswer, ModelQuestion } from '../domain/model-question.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { DataKeys } from '../ledger/sealed-content.ts'
import { AppError } from '../lib/app-error.ts'
import { inSpan } from '../lib/telemetry.ts'
import { type CompletionRequest, ModelError } from '../llm/completion.ts'
import type { GatewayAnswer } from '../llm/gateway.ts'
import { judgeClaims } from '../verify/judge-claims.ts'
import type { KnownIds } from '../verify/known-ids.ts'
import { tooLittleSupport } from '../verify/too-little-support.ts'
import type { BuiltRequest } from './build-request.ts'
import { guardEgress } from './guard-egress.ts'
import { parseAnswer } from './parse-answer.ts'
import { type PreparingAdapters, prepareQuestion } from './prepare-question.ts'
import { createRecord, type ModelRecord } from './record-call.ts'
import { createClaimReader } from './stream-claims.ts'
import type { VaultStore } from './vault-store.ts'

/** What `ask` is built from. The composition roots make it; tests make it of the same parts. */
export interface AskAdapters extends PreparingAdapters {
  readonly ledger: Ledger
  readonly dataKeys: DataKeys
  readonly vaults: VaultStore
  readonly known: KnownIds
  /** Written into every record: which product, which pinned knowledge. */
  readonly versions: { readonly tocsin: string; readonly knowledge: string }
}

/** Makes the port through which every feature asks a model. The order of the steps is the promise. */
export function createAsk(adapters: AskAdapters): AskModel {
  return (question, signal) =>
    inSpan(
      `ask ${question.task}`,
      { attributes: { 'tocsin.task': question.task, 'tocsin.case': question.caseId } },
      async span => {
        const answer = await askOnce(adapters, question, signal)
        span.setAttribute('tocsin.outcome', answer.kind)
        return answer
      },
    )
}

async function askOnce<Answer>(
  adapters: AskAdapters,
  question: ModelQuestion<Answer>,
  signal: AbortSignal,
): Promise<ModelAnswer<Answer>> {
  const prepared = await prepareQuestion(question, adapters)
  if (prepared.kind !== 'prepared') return prepared
  const { models, policy, decision, profileOf } = prepared
  const put = async (forbidden?: Inventory): Promise<ModelAnswer<Answer> | typeof stoppedUnsent> => {
    const { built, replaced } = await adapters.vaults.change(question.tenant, question.caseId, vault =>
      prepared.build(vault, forbidden),
    )
    if (forbidden !== undefined && !prepared.mayStillGo(built)) return stoppedUnsent
    const record = createRecord(adapters, question, policy, decision, profileOf)
    const guard = prepared.guard({ built, replaced })
    const onText = claimListener(question, built, adapters)
    let mayHaveLeft = false
    const send = (request: CompletionRequest) =>
      adapters.gateway.complete(
        question.task,
        models,
        request,
        client => async (bytes, destination) => {
          guardEgress(bytes, guard)
          mayHaveLeft = true
          await record.intent(client, bytes, destination)
        },
        signal,
        onText,
        guard,
      )
    try {
      return await converse(question, built, send, record, adapters)
    } catch (error) {
      await record.failure(error)
      if (isStopped(error) && !mayHaveLeft && forbidden === undefined) {
        stop = error
        return stoppedUnsent
      }
      return declined(error, signal)
    }
  }
  let stop: unknown
  const answer = await put()
  // What redaction overlooked in the data is replaced where the scan found it. What is still found then stays a stop.
  const last = answer === stoppedUnsent ? await put(prepared.forbidden()) : answer
  return last === stoppedUnsent ? declined(stop, signal) : last
}

/** The scan stopped the call before anything of this question was sent. */
const stoppedUnsent = Symbol('stopped before anything was sent')

function isStopped(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'egress-blocked'
}

/** Judges sentences while they arrive, for a feature that shows them; nothing is shown that was not judged. */
function claimListener<Answer>(
  { onClaim }: ModelQuestion<Answer>,
  built: BuiltRequest,
  adapters: AskAdapters,
): ((textSoFar: string) => void) | undefined {
  if (onClaim === undefined) return undefined
  const read = createClaimReader()
  return textSoFar => {
    for (const claim of judgeClaims(read(textSoFar), built.evidence, adapters.known)) onClaim(claim)
  }
}

/** Asks, lets the model mend its answer once, and judges every claim in it. */
async function converse<Answer>(
  question: ModelQuestion<Answer>,
  built: BuiltRequest,
  send: (request: CompletionRequest) => Promise<GatewayAnswer>,
  record: ModelRecord,
  adapters: AskAdapters,
): Promise<ModelAnswer<Answer>> {
  let received = await send(built.completion)
  let parsed = parseAnswer(received.completion.text, question.schema)
  const spent = { inputTokens: 0, outputTokens: 0, costUsd: 0 }
  count(spent, received)
  if (parsed.kind === 'invalid' && received.completion.finish === 'stop') {
    await record.outcome(received, { kind: 'invalid', reason: parsed.reason })
    received = await send(repairRequest(built.completion, received.completion.text, parsed.reason))
    count(spent, received)
    parsed = parseAnswer(received.completion.text, question.schema)
  }
  if (parsed.kind === 'invalid') {
    const reason = whyInvalid(received, parsed.reason)
    await record.outcome(received, { kind: 'invalid', reason })
    return { kind: 'unsupported', reason, claims: [], usage: spent }
  }
  const claims = judgeClaims(question.claimsOf(parsed.answer), built.evidence, adapters.known)
  const unsupported = tooLittleSupport(claims)
  const entry = await record.outcome(received, { kind: 'judged', claims, unsupported })
  if (unsupported !== undefined) return { kind: 'unsupported', reason: unsupported, claims, usage: spent }
  return {
    kind: 'answered',
    answer: parsed.answer,
    claims,
    model: received.client.name,
    zone: received.client.zone,
    promptVersion: question.promptVersion,
    ledgerSeq: entry.seq,
    usage: spent,
  }
}

function count(
  spent: { inputTokens: number; outputTokens: number; costUsd: number },
  { completion, costUsd }: GatewayAnswer,
): void {
  spent.inputTokens += completion.usage.inputTokens
  spent.outputTokens += completion.usage.outputTokens
  spent.costUsd += costUsd
}

function repairRequest(request: CompletionRequest, answer: string, reason: string): CompletionRequest {
  return {
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', text: answer },
      {
        role: 'user',
        text: `That answer does not fit the schema: ${reason}\nAnswer again, with the JSON only.`,
      },
    ],
  }
}

function whyInvalid(received: GatewayAnswer, reason: string): string {
  const name = received.client.name
  switch (received.completion.finish) {
    case 'length':
      return `model ${name} was cut off at its limit of output tokens`
    case 'refusal':
      return `model ${name} declined to answer`
    case 'tool-calls':
      return `model ${name} asked for a tool, and has none`
    default:
      return `model ${name} did not keep to the schema, not even when asked again: ${reason}`
  }
}

/** Expected ends become values; a cancelled call and a fault stay errors. */
function declined(error: unknown, signal: AbortSignal): ModelAnswer<never> {
  if (signal.aborted) throw signal.reason
  if (error instanceof ModelError) {
    return {
      kind: 'unavailable',
      reason: error.message,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    }
  }
  if (isStopped(error)) {
    const problem = { code: error.code, message: error.message }
    return { kind: 'refused', reason: error.message, problems: [problem] }
  }
  throw error
}
