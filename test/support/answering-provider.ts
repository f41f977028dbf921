import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../src/lib/clock.ts'
import { createEgressFetch } from '../../src/lib/egress-fetch.ts'
import type { CompletionRequest } from '../../src/llm/completion.ts'
import { modelProfileSchema } from '../../src/llm/profile.ts'
import { providers } from '../../src/llm/providers/providers.ts'
import { createSdkClient } from '../../src/llm/sdk-client.ts'

const question: CompletionRequest = {
  system: 'Answer as JSON.',
  messages: [{ role: 'user', text: 'x' }],
  schema: { type: 'object' },
  schemaName: 'x',
  maxOutputTokens: 100,
  temperature: 0,
}

export type ChatProvider = 'openai-compatible' | 'openai-chat'
export type AnsweringProvider = Awaited<ReturnType<typeof openAnsweringProvider>>

/** A model server over HTTP whose answer each question brings with it; asked through the product's own client. */
export async function openAnsweringProvider(maxAnswerBytes?: number) {
  let answering: (response: ServerResponse) => void = () => {}
  const server = createServer((incoming, response) => {
    incoming.resume()
    answering(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // A listening TCP server has an address with a port.
  const egress = createEgressFetch({
    rules: [{ host: '127.0.0.1', port }],
    ...(maxAnswerBytes !== undefined && { maxAnswerBytes }),
  })
  return {
    async ask(
      answer: (response: ServerResponse) => void,
      kind: ChatProvider = 'openai-compatible',
      settings: { readonly structured?: 'schema' } = {},
    ) {
      answering = answer
      const profile = modelProfileSchema.parse({
        name: 'under-test',
        provider: kind,
        model: 'm',
        baseUrl: `http://127.0.0.1:${port}/v1`,
        zone: 'local',
        ...settings,
      })
      const provider = await providers[kind]()
      const parts = { profile, provider, key: undefined, fetch: egress.fetch, clock: systemClock }
      return createSdkClient(parts).complete(question, async () => {}, AbortSignal.timeout(400_000))
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await egress.close()
    },
  }
}
