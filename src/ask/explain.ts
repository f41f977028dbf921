import type { Inventory } from '../domain/inventory.ts'
import type { ModelQuestion } from '../domain/model-question.ts'
import { AppError } from '../lib/app-error.ts'
import { Vault } from '../redact/vault.ts'
import type { AskAdapters } from './ask.ts'
import type { QuestionDecision } from './build-request.ts'
import { guardEgress } from './guard-egress.ts'
import { type PreparingAdapters, prepareQuestion } from './prepare-question.ts'

/** What asking a question would send, found out by going as far as the socket and no further. */
export type Explanation =
  | {
      readonly kind: 'would-send'
      /** Asked first; the others only where it fails, and only these. */
      readonly model: string
      readonly modelId: string
      readonly fallbacks: readonly string[]
      readonly decision: QuestionDecision
      /** Host and port, or `this process`. */
      readonly destination: string
      /** The request: its address, a line break, its body. Only the boundary word differs with each call. */
      readonly bytes: Buffer
      /** Placeholder and what it stands for here, as it would be kept in the vault. */
      readonly replaced: readonly { readonly placeholder: string; readonly value: string }[]
      /** Why the scan of the bytes would stop the call after all. */
      readonly stopped: string | undefined
    }
  | { readonly kind: 'refused' | 'unavailable'; readonly reason: string }

/** Sends nothing, keeps nothing, records nothing. */
export async function explainQuestion(
  question: Omit<ModelQuestion<unknown>, 'claimsOf'>,
  adapters: PreparingAdapters & Pick<AskAdapters, 'vaults'>,
  signal: AbortSignal,
): Promise<Explanation> {
  const prepared = await prepareQuestion(question, adapters)
  if (prepared.kind !== 'prepared') return { kind: prepared.kind, reason: prepared.reason }
  const { decision } = prepared
  const [client, ...others] = prepared.models
  if (client === undefined)
    return { kind: 'unavailable', reason: `no model is set up for task ${question.task}` }

  // A copy: the same placeholders as the real call would use, and nothing of them is kept.
  const serialized = await adapters.vaults.change(question.tenant, question.caseId, vault =>
    vault.serialize(),
  )
  const attempt = async (forbidden?: Inventory) => {
    const request = prepared.build(Vault.deserialize(serialized), forbidden)
    const { bytes, destination } = await atTheSocket(client, request.built.completion, signal)
    const stopped = whyStopped(() => guardEgress(bytes, prepared.guard(request)))
    return { ...request, destination, bytes, stopped }
  }
  const first = await attempt()
  const second = first.stopped === undefined ? first : await attempt(prepared.forbidden())
  const { built, ...sent } = prepared.mayStillGo(second.built) ? second : first
  return {
    kind: 'would-send',
    model: client.name,
    modelId: client.modelId,
    fallbacks: others.map(other => other.name),
    decision,
    ...sent,
  }
}

/** Runs a call up to the moment in which its bytes would leave, and stops it there. */
async function atTheSocket(
  client: ReturnType<AskAdapters['gateway']['candidates']>[number],
  request: Parameters<typeof client.complete>[0],
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly destination: string }> {
  let seen: { bytes: Buffer; destination: string } | undefined
  const enough = new AppError('explained', 'the request was only to be looked at')
  await client
    .complete(
      request,
      async (bytes, destination) => {
        seen = { bytes: Buffer.from(bytes), destination }
        throw enough
      },
      signal,
    )
    .catch(error => {
      if (error !== enough) throw error
    })
  if (seen === undefined)
    throw new AppError('unreachable', `model ${client.name} was called without a request`)
  return seen
}

function whyStopped(guard: () => void): string | undefined {
  try {
    guard()
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'egress-blocked') return error.message
    throw error
  }
}
