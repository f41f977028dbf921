import { type Attributes, SpanKind } from '@opentelemetry/api'
import type { ModelTask, TrustZone } from '../domain/data-class.ts'
import { errorType, type HistogramKind, inSpan, measure } from '../lib/telemetry.ts'
import type { BeforeSend, CompletionRequest, ModelClient } from './completion.ts'
import type { GatewayAnswer } from './gateway.ts'
import type { ProviderKind } from './profile.ts'

// Names of the OpenTelemetry semantic conventions for generative AI, in development there: written out here, as they ask
// for, and held against their package in a test.

/** `gen_ai.provider.name`; the last two are ours, where the conventions name none. */
const providerNames: Record<ProviderKind, string> = {
  openai: 'openai',
  'openai-chat': 'openai',
  azure: 'azure.ai.openai',
  anthropic: 'anthropic',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  bedrock: 'aws.bedrock',
  'openai-compatible': 'openai-compatible',
  'in-process': 'llama.cpp',
}

const tokenUsage: HistogramKind = {
  name: 'gen_ai.client.token.usage',
  description: 'Number of input and output tokens used.',
  unit: '{token}',
  boundaries: Array.from({ length: 14 }, (_, power) => 4 ** power),
}

const operationDuration: HistogramKind = {
  name: 'gen_ai.client.operation.duration',
  description: 'GenAI operation duration.',
  unit: 's',
  boundaries: Array.from({ length: 14 }, (_, power) => Number((0.01 * 2 ** power).toFixed(2))),
}

/** Zones whose models see pseudonyms: what is sent further in may hold real names and stays where it is. */
const capturedZones: readonly TrustZone[] = ['contracted', 'public']

export interface ObservedCall {
  readonly task: ModelTask
  readonly client: ModelClient
  readonly provider: ProviderKind | undefined
  readonly request: CompletionRequest
  /** Whether the words of a call may be told, where its model is one that sees pseudonyms. */
  readonly captureContent: boolean
}

/**
 * One call of a model as a span and two measurements. `call` is handed the `BeforeSend` to use. Words of the question and
 * the answer are told only where `captureContent` is set, and only after the egress scan let them out.
 */
export function observeCall(
  observed: ObservedCall,
  beforeSend: BeforeSend,
  call: (beforeSend: BeforeSend) => Promise<GatewayAnswer>,
): Promise<GatewayAnswer> {
  const { client, request, task } = observed
  const common: Attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': client.modelId,
    ...(observed.provider === undefined ? {} : { 'gen_ai.provider.name': providerNames[observed.provider] }),
  }
  const attributes = {
    ...common,
    'gen_ai.request.max_tokens': request.maxOutputTokens,
    'gen_ai.request.temperature': request.temperature,
    'gen_ai.output.type': 'json',
    'tocsin.task': task,
    'tocsin.model.profile': client.name,
    'tocsin.model.zone': client.zone,
  }
  return inSpan(`chat ${client.modelId}`, { kind: SpanKind.CLIENT, attributes }, async span => {
    const started = performance.now()
    const where: Attributes = {}
    const seconds = () => (performance.now() - started) / 1000
    try {
      const answer = await call(async (bytes, destination) => {
        await beforeSend(bytes, destination)
        Object.assign(where, serverOf(destination))
      })
      const { usage, finish, firstTokenMs } = answer.completion
      span.setAttributes({
        ...where,
        'gen_ai.usage.input_tokens': usage.inputTokens,
        'gen_ai.usage.output_tokens': usage.outputTokens,
        'gen_ai.response.finish_reasons': [finishReasons[finish]],
        'gen_ai.response.time_to_first_chunk': firstTokenMs / 1000,
        'tocsin.cost_usd': answer.costUsd,
        ...(observed.captureContent && capturedZones.includes(client.zone) ? contentOf(request, answer) : {}),
      })
      measure(operationDuration, seconds(), { ...common, ...where })
      if (!usage.estimated) {
        measure(tokenUsage, usage.inputTokens, { ...common, ...where, 'gen_ai.token.type': 'input' })
        measure(tokenUsage, usage.outputTokens, { ...common, ...where, 'gen_ai.token.type': 'output' })
      }
      return answer
    } catch (error) {
      span.setAttributes(where)
      measure(operationDuration, seconds(), { ...common, ...where, 'error.type': errorType(error) })
      throw error
    }
  })
}

const finishReasons: Record<GatewayAnswer['completion']['finish'], string> = {
  stop: 'stop',
  length: 'length',
  refusal: 'content_filter',
  'tool-calls': 'tool_call',
}

/** Host and port of `HOST[:PORT]`; a model in the process has no address. */
function serverOf(destination: string): Attributes {
  if (!URL.canParse(`https://${destination}`)) return {}
  const { hostname, port } = new URL(`https://${destination}`)
  return { 'server.address': hostname, ...(port === '' ? {} : { 'server.port': Number(port) }) }
}

/** The words as the conventions' JSON schemas of messages have them. */
function contentOf(request: CompletionRequest, { completion }: GatewayAnswer): Attributes {
  const text = (content: string) => ({ type: 'text', content })
  const input = request.messages.map(message => ({ role: message.role, parts: [text(message.text)] }))
  const calls = completion.toolCalls.map(({ name, argumentsText }) => ({
    type: 'tool_call',
    name,
    arguments: argumentsText,
  }))
  const output = {
    role: 'assistant',
    parts: [text(completion.text), ...calls],
    finish_reason: finishReasons[completion.finish],
  }
  return {
    'gen_ai.system_instructions': JSON.stringify([text(request.system)]),
    'gen_ai.input.messages': JSON.stringify(input),
    'gen_ai.output.messages': JSON.stringify([output]),
  }
}
