/** A request as a provider's server sees it. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  // What a client sent: any JSON. The protocol looks at it as the real service would.
  readonly body: JsonObject
}

export interface JsonObject {
  readonly [key: string]: unknown
}

/** One provider's protocol: what it refuses, and how it says each thing. Written from the provider's API reference. */
export interface WireProtocol {
  readonly name: string
  readonly contentType: string
  /** Why the real service would refuse a request (400), or `undefined`. */
  refuses(request: WireRequest): string | undefined
  /** Whether the credentials are those the test set up; otherwise 401. */
  authorised(request: WireRequest, key: string): boolean
  /** A whole answer, in pieces as they are sent; `outputTokens` as Chat Completions counts them, where it differs. */
  answer(text: string, request: WireRequest, outputTokens?: number): readonly (string | Uint8Array)[]
  /** An answer cut at the token limit. */
  cutAtLimit(text: string, request: WireRequest): readonly (string | Uint8Array)[]
  refusal(request: WireRequest): readonly (string | Uint8Array)[]
  toolCall(name: string, argumentsText: string, request: WireRequest): readonly (string | Uint8Array)[]
  /** The body of an error. */
  error(status: number, message: string): JsonObject
  /** The prompt in a request, for tests that look at what was sent. */
  promptOf(request: WireRequest): string
}

/** Server-sent events, one JSON document each. */
export const event = (data: unknown, name?: string) =>
  `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`

/** A text in three pieces, cut at places that fit no word. */
export function pieces(text: string): string[] {
  const third = Math.max(1, Math.floor(text.length / 3))
  return [text.slice(0, third), text.slice(third, third * 2), text.slice(third * 2)].filter(
    piece => piece !== '',
  )
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * What OpenAI's strict mode demands of a schema: closed objects, every property required, no keyword that it does
 * not know. Source: OpenAI, "Structured model outputs", supported schemas.
 */
export function strictSchemaFault(schema: unknown, where = '#'): string | undefined {
  if (Array.isArray(schema))
    return schema.map((item, i) => strictSchemaFault(item, `${where}/${i}`)).find(Boolean)
  if (!isObject(schema)) return undefined
  if (schema.type === 'object') {
    const properties = isObject(schema.properties) ? schema.properties : {}
    if (schema.additionalProperties !== false) return `${where}: additionalProperties must be false`
    const missing = Object.keys(properties).filter(name => !list(schema.required).includes(name))
    if (missing.length > 0) return `${where}: required must include ${missing.join(', ')}`
    return Object.entries(properties)
      .map(([name, node]) => strictSchemaFault(node, `${where}/${name}`))
      .find(Boolean)
  }
  const unknown = Object.keys(schema).find(key =>
    ['allOf', 'not', 'if', 'patternProperties', 'default'].includes(key),
  )
  if (unknown) return `${where}: ${unknown} is not permitted`
  return [schema.items, schema.anyOf].map(node => strictSchemaFault(node, where)).find(Boolean)
}
