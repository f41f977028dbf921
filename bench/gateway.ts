import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { buildRequest, decideQuestion, searchQuestion } from '../src/ask/build-request.ts'
import { numberEvidence } from '../src/domain/evidence.ts'
import { caseBriefQuestion } from '../src/investigate/model-brief.ts'
import { systemClock } from '../src/lib/clock.ts'
import { createEgressFetch } from '../src/lib/egress-fetch.ts'
import { Secret } from '../src/lib/secret.ts'
import type { ModelClient } from '../src/llm/completion.ts'
import { modelProfileSchema } from '../src/llm/profile.ts'
import { openaiCompatible as provider } from '../src/llm/providers/openai-compatible.ts'
import { createSdkClient } from '../src/llm/sdk-client.ts'
import { defaultPolicy } from '../src/policy/default-policy.ts'
import { redactionRules } from '../src/redact/redact.ts'
import { Vault } from '../src/redact/vault.ts'
import { askBench, testInventory } from '../test/support/ask-bench.ts'
import { openaiCompatible } from '../test/support/provider-servers/chat-completions.ts'
import { startProviderServer } from '../test/support/provider-servers/start-server.ts'

// How much later the first piece of an answer comes through everything that `ask` does (redaction, policy, scan of
// the bytes, the ledger's intent on disk) than from the provider's SDK with the same prompt, streaming, one machine.
const rounds = 60
/** A process that has answered a few hundred questions runs compiled code; one that just started is some 15 ms slower. */
const warmUp = 300
const server = await startProviderServer(openaiCompatible, 'key')
server.always({ kind: 'answer', text: '{}' })
const baseUrl = `${server.url}/v1`
const egress = createEgressFetch({ rules: [{ host: '127.0.0.1', port: Number(new URL(server.url).port) }] })
const evidence = numberEvidence(
  Array.from({ length: 40 }, (_, i) => ({
    kind: 'alert-field',
    source: 'a',
    pointer: '',
    trust: 'attacker-controlled' as const,
    label: 'Log line',
    quote: `Mar  1 10:42:${10 + (i % 50)} web-01 sshd[${4000 + i}]: Failed password for jdoe from 203.0.113.${i} port ${50_000 + i} ssh2`,
  })),
)
const question = caseBriefQuestion({ tenant: 'main', caseId: 'case_1' }, evidence)
const rules = { policy: defaultPolicy, redaction: redactionRules(testInventory) }
const searched = searchQuestion(question, rules)
const decision = decideQuestion(question, searched, 'contracted', rules)
const built = buildRequest(question, searched, decision, rules, new Vault('main', 'x'), 'boundary')

const direct = createOpenAICompatible({
  name: 'reference',
  baseURL: baseUrl,
  apiKey: 'key',
  includeUsage: true,
  supportsStructuredOutputs: true,
  fetch: egress.fetch,
}).chatModel('llama')
async function directFirstToken(): Promise<number> {
  const started = performance.now()
  const { stream } = await direct.doStream({
    prompt: [
      { role: 'system', content: built.completion.system },
      { role: 'user', content: [{ type: 'text', text: built.completion.messages[0]?.text ?? '' }] },
    ],
    maxOutputTokens: 500,
    temperature: 0,
    responseFormat: { type: 'json', schema: built.completion.schema, name: 'case_brief' },
  })
  let first = 0
  for await (const part of stream)
    if (part.type === 'text-delta' && first === 0) first = performance.now() - started
  return first
}

const profile = modelProfileSchema.parse({
  name: 'm',
  provider: 'openai-compatible',
  model: 'llama',
  zone: 'contracted',
  baseUrl,
})
const client = createSdkClient({
  profile,
  provider,
  key: new Secret('key'),
  fetch: egress.fetch,
  clock: systemClock,
})
let startedMs = 0
let firstMs = 0
/** The client as it is, with the time to its first piece put on the clock of the whole question: of the first call. */
const timed: ModelClient = {
  ...client,
  async complete(request, beforeSend, signal) {
    const called = performance.now()
    const completion = await client.complete(request, beforeSend, signal)
    firstMs ||= called - startedMs + completion.firstTokenMs // Not the call that asks to mend an answer.
    return completion
  },
}
const { ask } = await askBench([timed])
async function askedFirstToken(): Promise<number> {
  startedMs = performance.now()
  firstMs = 0
  await ask(question, AbortSignal.timeout(20_000))
  return firstMs
}

/** Milliseconds of this process's own CPU time that some work takes: they hold on a machine that others use, too. */
async function cpuMs(work: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < 20; i++) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 20_000
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
for (let i = 0; i < warmUp; i++) await Promise.all([directFirstToken(), askedFirstToken()])
const reference: number[] = []
const asked: number[] = []
for (let i = 0; i < rounds; i++) {
  reference.push(await directFirstToken())
  asked.push(await askedFirstToken())
}
const [a, b] = [median(reference), median(asked)]
const [cpuAlone, cpuAsked] = [await cpuMs(directFirstToken), await cpuMs(askedFirstToken)]
console.log(
  `prompt ${Math.round(Buffer.byteLength(JSON.stringify(built.completion)) / 1024)} KB, ${rounds} rounds, medians`,
)
console.log(`reference: SDK alone   ${a.toFixed(1)} ms to the first piece`)
console.log(
  `through ask            ${b.toFixed(1)} ms (${(b - a).toFixed(1)} ms more, x${(b / a).toFixed(1)})`,
)
console.log(
  `CPU time of a whole question: SDK alone ${cpuAlone.toFixed(1)} ms, through ask ${cpuAsked.toFixed(1)} ms (${(cpuAsked - cpuAlone).toFixed(1)} ms more)`,
)
await egress.close()
await server.close()
if (b - a > 10) process.exitCode = 1
