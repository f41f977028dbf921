import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../lib/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Completion, type CompletionRequest, type ModelClient, ModelError } from '../completion.ts'
import { createIdleWatch } from '../idle-watch.ts'
import type { ModelProfile } from '../profile.ts'
import { type Llama, type LlamaBinding, type LlamaModel, loadBinding } from './llama-binding.ts'

interface Loaded {
  readonly binding: LlamaBinding
  readonly llama: Llama
  readonly model: LlamaModel
}

/**
 * A model in this process, through llama.cpp. Loaded at the first question. A grammar made from the schema leaves the
 * model no other token than one that fits: the answer is always JSON of that schema, unless it is cut at the limit.
 */
export function createLlamaClient(
  profile: ModelProfile,
  modelsDir: string,
  clock: Clock,
): { readonly client: ModelClient; close(): Promise<void> } {
  let loading: Promise<Loaded> | undefined
  const load = () => {
    loading ??= loadModel(modelsDir, join(modelsDir, `${profile.model}.gguf`)).catch(error => {
      loading = undefined // A pull may mend it: try again next time.
      throw error
    })
    return loading
  }
  const adapter = profile.fineTuned?.adapter
  const adapterPath = adapter === undefined ? undefined : join(modelsDir, `${adapter}.gguf`)
  const client: ModelClient = {
    name: profile.name,
    modelId: profile.model,
    zone: profile.zone,
    async complete(request, beforeSend, signal, onText) {
      await beforeSend(Buffer.from(JSON.stringify(request)), 'this process')
      const watch = createIdleWatch(profile, signal)
      try {
        return await answer(await load(), request, profile, adapterPath, clock, watch, onText)
      } catch (error) {
        if (watch.signal.aborted) throw watch.signal.reason
        if (error instanceof ModelError) throw error
        throw new ModelError('model-failed', `model ${profile.name}: ${messageOf(error)}`, {
          retryable: true,
        })
      } finally {
        watch.stop()
      }
    },
  }
  return { client, close: async () => (await loading?.catch(() => undefined))?.model.dispose() }
}

async function loadModel(modelsDir: string, modelPath: string): Promise<Loaded> {
  const binding = await loadBinding(modelsDir)
  const llama = await binding.getLlama({ gpu: false, build: 'never', logLevel: 'error' })
  try {
    return { binding, llama, model: await llama.loadModel({ modelPath }) }
  } catch (error) {
    throw new ModelError(
      'model-not-found',
      `cannot load ${modelPath}: ${messageOf(error)}. Run 'tocsin model pull'.`,
    )
  }
}

async function answer(
  { binding, llama, model }: Loaded,
  request: CompletionRequest,
  profile: ModelProfile,
  adapterPath: string | undefined,
  clock: Clock,
  watch: { readonly signal: AbortSignal; touch(): void },
  onText?: (textSoFar: string) => void,
): Promise<Completion> {
  const startMs = clock.now()
  const prompt = request.messages.map(message => message.text)
  const inputTokens = model.tokenize([request.system, ...prompt].join('\n')).length
  const context = await model.createContext({
    contextSize: { max: Math.min(profile.contextTokens, inputTokens + request.maxOutputTokens + 256) },
    // One core is left to the rest: llama.cpp's threads wait for each other by spinning, and where one of them has to
    // share its core all of them stand still (measured on two busy cores: 7 s became more than 60).
    threads: Math.max(1, availableParallelism() - 1),
    ...(adapterPath === undefined ? {} : { lora: { adapters: [{ filePath: adapterPath }] } }),
  })
  try {
    const session = new binding.LlamaChatSession({
      contextSequence: context.getSequence(),
      systemPrompt: request.system,
    })
    const earlier = request.messages.slice(0, -1)
    if (earlier.length > 0) session.setChatHistory(historyOf(request.system, earlier))
    let firstTokenMs: number | undefined
    let textSoFar = ''
    const { responseText, stopReason } = await session.promptWithMeta(prompt.at(-1) ?? '', {
      grammar: await llama.createGrammarForJsonSchema(request.schema),
      maxTokens: request.maxOutputTokens,
      temperature: profile.temperature ?? 0,
      signal: watch.signal,
      onTextChunk: chunk => {
        firstTokenMs ??= clock.now() - startMs
        watch.touch()
        textSoFar += chunk
        onText?.(textSoFar)
      },
    })
    return {
      text: responseText,
      finish: stopReason === 'maxTokens' ? 'length' : 'stop',
      toolCalls: [],
      usage: { inputTokens, outputTokens: model.tokenize(responseText).length, estimated: false },
      firstTokenMs: firstTokenMs ?? clock.now() - startMs,
    }
  } finally {
    await context.dispose()
  }
}

function historyOf(system: string, messages: CompletionRequest['messages']): object[] {
  return [
    { type: 'system', text: system },
    ...messages.map(({ role, text }) =>
      role === 'user' ? { type: 'user', text } : { type: 'model', response: [text] },
    ),
  ]
}
