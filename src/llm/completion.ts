import type { TrustZone } from '../domain/data-class.ts'
import { AppError } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'

/** A tool that a model may ask for. Whoever asks the model decides whether to carry it out. */
export interface ModelTool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonSchema
}

/** A JSON schema of an object. */
export type JsonSchema = { readonly [key: string]: Json }

/** What a model is sent, provider-neutral. */
export interface CompletionRequest {
  readonly system: string
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[]
  /** The shape of the answer, and a name for it. */
  readonly schema: JsonSchema
  readonly schemaName: string
  readonly tools?: readonly ModelTool[]
  readonly maxOutputTokens: number
  readonly temperature: number
}

export interface Completion {
  /** As received: JSON where the model kept to the schema. */
  readonly text: string
  /** `length`: cut at the token limit. `refusal`: the model or a filter declined. */
  readonly finish: 'stop' | 'length' | 'refusal' | 'tool-calls'
  readonly toolCalls: readonly { readonly name: string; readonly argumentsText: string }[]
  readonly usage: TokenUsage
  /** Milliseconds from sending to the first piece of text. */
  readonly firstTokenMs: number
}

/** `estimated`: the provider did not say, so it was counted from the text. */
export interface TokenUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the input, what the provider took from its prompt cache; left out where it counted nothing itself. */
  readonly cachedTokens?: number
  readonly estimated: boolean
}

/**
 * Sees the exact bytes of each request before they are sent, retries included, and where they go. Throwing stops
 * the call: nothing has left by then.
 */
export type BeforeSend = (bytes: Uint8Array, destination: string) => Promise<void>

/** One model, ready to be called. */
export interface ModelClient {
  /** The profile's name, as policy, budgets and the ledger know it. */
  readonly name: string
  /** The provider's own name for the model. */
  readonly modelId: string
  readonly zone: TrustZone
  /** `onText` is told the whole text so far as it arrives; an attempt that is made again begins anew. */
  complete(
    request: CompletionRequest,
    beforeSend: BeforeSend,
    signal: AbortSignal,
    onText?: (textSoFar: string) => void,
  ): Promise<Completion>
}

/** A call that failed. `code` is one of `model-…`; `retryAfterMs` is what the provider asked for. */
export class ModelError extends AppError {
  readonly retryAfterMs: number | undefined

  constructor(
    code: `model-${string}`,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(code, message, options)
    this.name = 'ModelError'
    this.retryAfterMs = options.retryAfterMs
  }
}
