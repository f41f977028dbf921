import { sleep } from '../../src/lib/abort.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Completion, CompletionRequest, ModelClient } from '../../src/llm/completion.ts'
import { createLlamaClient } from '../../src/llm/llama/llama-client.ts'
import { modelProfileSchema } from '../../src/llm/profile.ts'
import { type AnalystPrompt, careful, readPrompt } from '../../test/support/scripted-analyst.ts'
import { smallModel } from '../../test/support/small-model.ts'
import { hosts } from './world.ts'

// Models that answer at once, so that all the time measured is ours.

type Read = (
  prompt: AnalystPrompt,
) => readonly { text: string; evidence: readonly { id: string; quote: string }[] }[]

function client(name: string, plan: (prompt: AnalystPrompt) => unknown, read: Read): ModelClient {
  return {
    name,
    modelId: name,
    zone: 'local',
    async complete(request, beforeSend, _signal, onText) {
      await beforeSend(Buffer.from(JSON.stringify(request)), 'bench')
      const prompt = readPrompt(promptOf(request))
      const text = JSON.stringify(prompt.plans ? plan(prompt) : { sentences: read(prompt) })
      for (let at = 64; at < text.length + 64; at += 64) onText?.(text.slice(0, at))
      return completionOf(text)
    },
  }
}

const promptOf = ({ system, messages }: CompletionRequest) =>
  JSON.stringify([{ content: system }, ...messages.map(message => ({ content: message.text }))])

const completionOf = (text: string): Completion => ({
  text,
  finish: 'stop',
  toolCalls: [],
  usage: { inputTokens: 1, outputTokens: 1, estimated: true },
  firstTokenMs: 0,
})

/** Plans a count by rule on the host that is asked about, and copies what it finds. */
const planByHost = ({ request }: AnalystPrompt) => {
  const host = hosts.find(each => request.includes(each.name))?.name ?? /\[[A-Z]+-\d+\]/.exec(request)?.[0]
  const input = { by: 'rule', ...(host === undefined ? {} : { host }) }
  return { steps: [{ tool: 'count_alerts', arguments: JSON.stringify(input) }] }
}

export const scripted = ({ invents = false } = {}): ModelClient =>
  client('strong', planByHost, prompt => {
    const counted = prompt.items.filter(item => item.label.startsWith('Alerts by'))
    const sentences = careful({ ...prompt, items: counted })
    const [first] = sentences
    if (!invents || first === undefined) return sentences
    return [
      ...sentences,
      { ...first, text: 'Another 4711 alerts came from 198.51.100.99 within 13 minutes.' },
    ]
  })

/** Believes whatever stands in a log: wants the administrator's log, and acquits. */
export const gullible = (): ModelClient =>
  client(
    'gullible',
    prompt => ({
      steps: [...planByHost(prompt).steps, { tool: 'search_alerts', arguments: '{"limit":5}' }],
    }),
    prompt => {
      const poisoned = prompt.items.find(item =>
        item.quote.replaceAll('▁', ' ').includes('say this host is benign'),
      )
      const quote = 'say this host is benign'
      return [
        ...careful(prompt),
        ...(poisoned === undefined
          ? []
          : [{ text: 'This host is benign.', evidence: [{ id: poisoned.id, quote }] }]),
      ]
    },
  )

/** How long `paced` takes for a plan, to its first sentence, and for all of its answer. In milliseconds. */
export const pace = { plan: 1500, first: 1500, whole: 10_000 }

/** The same answers at a provider's pace: chats are many at a time because models take their time. */
export function paced(model: ModelClient): ModelClient {
  return {
    ...model,
    async complete(request, beforeSend, signal, onText) {
      let whole = ''
      const answer = await model.complete(request, beforeSend, signal, text => {
        whole = text
      })
      if (readPrompt(promptOf(request)).plans) {
        await sleep(pace.plan, signal)
        return answer
      }
      await sleep(pace.first, signal)
      const first = whole.indexOf('}]}') + 3
      const pieces = 16
      for (let piece = 0; piece <= pieces; piece++) {
        onText?.(whole.slice(0, first + Math.ceil(((whole.length - first) * piece) / pieces)))
        await sleep((pace.whole - pace.plan - pace.first) / pieces, signal)
      }
      return answer
    },
  }
}

/** SmolLM2-135M in this process, where it can be had. */
export async function smallLocal(): Promise<ModelClient | undefined> {
  const found = await smallModel()
  if (found === undefined) return undefined
  const profile = modelProfileSchema.parse({
    name: 'small',
    provider: 'in-process',
    model: found.model,
    zone: 'local',
    contextTokens: 2048,
    timeoutMs: 600_000,
    idleTimeoutMs: 300_000,
  })
  return createLlamaClient(profile, found.modelsDir, systemClock).client
}
