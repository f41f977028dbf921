import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import {
  type BeforeSend,
  type Completion,
  type CompletionRequest,
  type ModelClient,
  ModelError,
} from './completion.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { createIdleWatch } from './idle-watch.ts'
import type { ModelProfile } from './profile.ts'
import { modelErrorOf } from './provider-error.ts'
import type { Provider } from './sdk-model.ts'

export interface SdkClientOptions {
  readonly profile: ModelProfile
  readonly provider: Provider
  readonly key: Secret | undefined
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

/**
 * A model behind a provider's SDK. Always streams, so that a slow model is told from a dead one, and a cancelled
 * call closes its socket. Makes one attempt: retrying is the gateway's business. Throws ModelError.
 */
export function createSdkClient({ profile, provider, key, fetch, clock }: SdkClientOptions): ModelClient {
  return {
    name: profile.name,
    modelId: profile.model,
    zone: profile.zone,
    async complete(request, beforeSend, signal, onText) {
      const refusal: { error?: unknown } = {}
      const model = provider.create({ profile, key, fetch: inspected(fetch, beforeSend, refusal) })
      const watch = createIdleWatch(profile, signal)
      try {
        return await stream(
          model,
          callOptions(request, profile, provider, watch.signal),
          request,
          clock,
          watch.touch,
          onText,
        )
      } catch (error) {
        if ('error' in refusal) throw refusal.error // Ours, not the provider's: it passes unchanged.
        throw modelErrorOf(error, profile.name, key, watch.signal)
      } finally {
        watch.stop()
      }
    },
  }
}

/** A fetch that shows the bytes before it sends them. `refusal` keeps what `beforeSend` threw: SDKs wrap errors. */
function inspected(
  fetch: typeof globalThis.fetch,
  beforeSend: BeforeSend,
  refusal: { error?: unknown },
): typeof globalThis.fetch {
  return async (input, init) => {
    const url = String(input instanceof Request ? input.url : input)
    const body = init?.body ?? ''
    const bytes = typeof body === 'string' ? Buffer.from(body) : body instanceof Uint8Array ? body : undefined
    try {
      if (bytes === undefined)
        throw new ModelError('model-bad-request', 'a request body that cannot be inspected')
      // The address is part of what leaves: a model name or a deployment may carry a customer's name.
      await beforeSend(Buffer.concat([Buffer.from(`${url}\n`), bytes]), new URL(url).host)
    } catch (error) {
      refusal.error = error
      throw error
    }
    return fetch(input, init)
  }
}

function callOptions(
  request: CompletionRequest,
  profile: ModelProfile,
  provider: Provider,
  signal: AbortSignal,
): LanguageModelV4CallOptions {
  const bySchema = profile.structured === 'schema'
  const system = bySchema
    ? request.system
    : `${request.system}\n\nAnswer with one JSON object of this schema and nothing else:\n${JSON.stringify(request.schema)}`
  return {
    prompt: [
      { role: 'system', content: system },
      ...request.messages.map(({ role, text }) => ({ role, content: [{ type: 'text' as const, text }] })),
    ],
    maxOutputTokens: request.maxOutputTokens,
    ...(profile.temperature === null ? {} : { temperature: request.temperature }),
    responseFormat: bySchema
      ? { type: 'json', schema: request.schema, name: request.schemaName }
      : { type: 'json' },
    ...(request.tools?.length
      ? {
          tools: request.tools.map(tool => ({
            type: 'function' as const,
            name: tool.name,
            description: tool.description,
            inputSchema: tool.inputSchema,
          })),
        }
      : {}),
    ...(provider.providerOptions
      ? { providerOptions: provider.providerOptions as SharedV4ProviderOptions } // Only readonly differs.
      : {}),
    abortSignal: signal,
  }
}

async function stream(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  request: CompletionRequest,
  clock: Clock,
  touch: () => void,
  onText?: (textSoFar: string) => void,
): Promise<Completion> {
  const startMs = clock.now()
  let firstTokenMs: number | undefined
  let text = ''
  let argumentsLength = 0
  const toolCalls: { name: string; argumentsText: string }[] = []
  let end: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | undefined
  const { stream: parts } = await model.doStream(options)
  for await (const part of parts) {
    touch()
    switch (part.type) {
      case 'text-delta':
        firstTokenMs ??= clock.now() - startMs
        text += part.delta
        checkLength(text.length)
        onText?.(text)
        break
      case 'tool-call':
        toolCalls.push({ name: part.toolName, argumentsText: part.input })
        argumentsLength += part.toolName.length + part.input.length
        checkLength(argumentsLength, toolCalls.length)
        break
      case 'error':
        throw part.error
      case 'finish':
        end = part
        break
      default: // Reasoning, sources, raw parts: not part of the answer.
    }
  }
  if (end === undefined || isCut(end.finishReason)) {
    throw new ModelError(
      'model-stream-cut',
      'the answer ended before it was complete, and without its end: the server, or a proxy before it, closed early',
      { retryable: true },
    )
  }
  return {
    text,
    toolCalls,
    finish: finishOf(end.finishReason.unified, text),
    usage: usageOf(end, request, text),
    firstTokenMs: firstTokenMs ?? clock.now() - startMs,
  }
}

/** More than any answer of ours has: who goes on for ever is cut off long before the time is up. */
const maxAnswerLength = 2_000_000
const maxToolCalls = 256

function checkLength(length: number, calls = 0): void {
  if (length > maxAnswerLength || calls > maxToolCalls)
    throw new ModelError('model-answer-too-long', 'the answer is longer than any that was asked for')
}

/** SDKs end a stream that broke off with a reason of their own making, and nothing from the provider. */
function isCut({ unified, raw }: LanguageModelV4FinishReason): boolean {
  return unified === 'error' || unified === 'interrupted' || (unified === 'other' && raw === undefined)
}

/** A model that stops without a word has declined: not every SDK passes a refusal on. */
function finishOf(reason: LanguageModelV4FinishReason['unified'], text: string): Completion['finish'] {
  if (reason === 'length' || reason === 'tool-calls') return reason
  return reason === 'content-filter' || text === '' ? 'refusal' : 'stop'
}

/** What the provider counted; where it did not, an estimate from the text. */
function usageOf(
  end: Extract<LanguageModelV4StreamPart, { type: 'finish' }>,
  request: CompletionRequest,
  text: string,
): Completion['usage'] {
  const { inputTokens, outputTokens } = end.usage
  const prompt = request.system + request.messages.map(message => message.text).join('')
  return {
    inputTokens: inputTokens.total ?? estimateTokens(prompt),
    outputTokens: outputTokens.total ?? estimateTokens(text),
    // Providers leave it out where nothing was cached.
    ...(inputTokens.total === undefined ? {} : { cachedTokens: inputTokens.cacheRead ?? 0 }),
    estimated: inputTokens.total === undefined || outputTokens.total === undefined,
  }
}
