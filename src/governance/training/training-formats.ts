/** One question with the answer to be learned. */
export interface TrainingExample {
  readonly system: string
  readonly user: string
  readonly assistant: string
}

/**
 * One line of JSONL as each service and trainer takes it. `openai` and `mistral`: chat messages (OpenAI fine-tuning guide;
 * Mistral fine-tuning, `messages`). `gemini`: Vertex AI supervised tuning (`systemInstruction`, `contents`). `alpaca`:
 * `instruction`, `input`, `output`, which Llama trainers (Axolotl, LLaMA-Factory, Unsloth) read.
 */
export const trainingFormats = {
  openai: chat,
  mistral: chat,
  gemini: ({ system, user, assistant }: TrainingExample) => ({
    systemInstruction: { role: 'system', parts: [{ text: system }] },
    contents: [
      { role: 'user', parts: [{ text: user }] },
      { role: 'model', parts: [{ text: assistant }] },
    ],
  }),
  alpaca: ({ system, user, assistant }: TrainingExample) => ({
    instruction: system,
    input: user,
    output: assistant,
  }),
} as const
export type TrainingFormat = keyof typeof trainingFormats

export const trainingFormatNames = Object.keys(trainingFormats) as TrainingFormat[] // Its own keys.

function chat({ system, user, assistant }: TrainingExample) {
  return {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ],
  }
}
