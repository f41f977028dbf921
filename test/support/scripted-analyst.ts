import { systemClock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { ModelClient } from '../../src/llm/completion.ts'
import { modelProfileSchema } from '../../src/llm/profile.ts'
import { providers } from '../../src/llm/providers/providers.ts'
import { createSdkClient } from '../../src/llm/sdk-client.ts'
import type { ProviderServer } from './provider-servers/start-server.ts'

// A strong model, scripted: it plans with the tools that it is told of and reads only what it was sent. What a test says
// decides on plan and sentences; the wire, the schemas and the verification are the product's own.

export const analystKey = 'test-key'

/** The client of a stand-in that speaks the OpenAI-compatible protocol. */
export async function analystClient(server: ProviderServer): Promise<ModelClient> {
  const profile = modelProfileSchema.parse({
    name: 'strong',
    provider: 'openai-compatible',
    model: 'strong-1',
    zone: 'local',
    baseUrl: `${server.url}/v1`,
    plainHttp: true,
    addresses: ['127.0.0.1/32'],
  })
  return createSdkClient({
    profile,
    provider: await providers['openai-compatible'](),
    key: new Secret(analystKey),
    fetch,
    clock: systemClock,
  })
}

/** What a prompt holds: is a plan wanted, what was asked, which items were sent. */
export interface AnalystPrompt {
  readonly plans: boolean
  readonly request: string
  readonly items: readonly {
    readonly id: string
    readonly trust: string
    readonly label: string
    readonly quote: string
  }[]
}

export function readPrompt(prompt: string): AnalystPrompt {
  const messages = JSON.parse(prompt) as { content: string | { text: string }[] }[]
  const text = messages
    .map(({ content }) => (typeof content === 'string' ? content : content.map(part => part.text).join('')))
    .join('\n')
  const items = [...text.matchAll(/^(E\d+) \([^;]*; ([^)]*)\)\n<<(\S+)\n([^\n]*)\n([\s\S]*?)\n\3>>/gm)].map(
    ([, id = '', trust = '', , label = '', quote = '']) => ({ id, trust, label, quote }),
  )
  return {
    plans: text.includes('You plan how to answer'),
    request: /REQUEST OF THE ANALYST\n<<(\S+)\n([\s\S]*?)\n\1>>/.exec(text)?.[2] ?? '',
    items,
  }
}

export interface ScriptedAnswer {
  readonly plan: readonly { readonly tool: string; readonly arguments: unknown }[]
  readonly sentences: (prompt: AnalystPrompt) => readonly {
    readonly text: string
    readonly evidence: readonly { readonly id: string; readonly quote: string }[]
  }[]
}

/** Answers a plan with the plan, and a reading with the sentences. */
export function analystAnswers({ plan, sentences }: ScriptedAnswer): (prompt: string) => string {
  return text => {
    const prompt = readPrompt(text)
    if (!prompt.plans) return JSON.stringify({ sentences: sentences(prompt) })
    return JSON.stringify({
      steps: plan.map(step => ({ tool: step.tool, arguments: JSON.stringify(step.arguments) })),
    })
  }
}

/** Sentences that copy the first observed items, as a careful model would. */
export function careful({ items }: AnalystPrompt) {
  return items
    .filter(item => item.trust === 'observed')
    .slice(0, 3)
    .map(item => {
      const [line = ''] = item.quote.split('\n')
      return { text: `The evidence says ${line}.`, evidence: [{ id: item.id, quote: line }] }
    })
}
