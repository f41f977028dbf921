import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ModelError } from '../completion.ts'

/** The version that Tocsin was tested with. */
export const bindingVersion = '3.21.1'

/** As much of node-llama-cpp as is used here. Source: https://node-llama-cpp.withcat.ai/api. */
export interface LlamaBinding {
  getLlama(options: {
    readonly gpu: false
    readonly build: 'never'
    readonly logLevel: string
  }): Promise<Llama>
  readonly LlamaChatSession: new (options: {
    readonly contextSequence: unknown
    readonly systemPrompt: string
  }) => LlamaSession
}

export interface Llama {
  loadModel(options: { readonly modelPath: string; readonly loadSignal?: AbortSignal }): Promise<LlamaModel>
  createGrammarForJsonSchema(schema: object): Promise<unknown>
}

export interface LlamaModel {
  createContext(options: {
    readonly contextSize: { readonly max: number }
    readonly threads: number
    readonly lora?: { readonly adapters: readonly { readonly filePath: string }[] }
  }): Promise<LlamaContext>
  tokenize(text: string): readonly number[]
  dispose(): Promise<void>
}

export interface LlamaContext {
  getSequence(): unknown
  dispose(): Promise<void>
}

export interface LlamaSession {
  setChatHistory(history: readonly object[]): void
  promptWithMeta(
    text: string,
    options: {
      readonly grammar: unknown
      readonly maxTokens: number
      readonly temperature: number
      readonly signal: AbortSignal
      readonly onTextChunk: (text: string) => void
    },
  ): Promise<{ readonly responseText: string; readonly stopReason: string }>
  dispose(): void
}

/** Loads the binding that `tocsin model pull` installed. Throws `model-not-found` where it did not. */
export async function loadBinding(modelsDir: string): Promise<LlamaBinding> {
  const entry = join(modelsDir, 'runtime', 'node_modules', 'node-llama-cpp', 'dist', 'index.js')
  try {
    await access(entry)
  } catch (error) {
    throw new ModelError('model-not-found', "the local runtime is not installed: run 'tocsin model pull'", {
      cause: error,
    })
  }
  // Not a dependency of ours, so the compiler knows no types of it: the interface above is what its documentation says.
  return (await import(pathToFileURL(entry).href)) as LlamaBinding
}
