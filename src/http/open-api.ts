import { z } from 'zod'
import { apiError } from './contract.ts'
import type { Access, Endpoint } from './endpoint.ts'

/** The OpenAPI 3.1 description of these endpoints, made from the schemas that validate them. */
export function openApi(endpoints: readonly Endpoint[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  const definitions = createDefinitions()
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, definitions.place) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tocsin', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: definitions.schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-tocsin' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}

type JsonSchema = z.core.JSONSchema.BaseSchema
type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => JsonSchema

/** Schemas that hold themselves refer to definitions of their own, which must stand where the whole document finds them. */
function createDefinitions(): { readonly schemas: Record<string, unknown>; readonly place: SchemaOf } {
  const schemas: Record<string, unknown> = {}
  const names = new Map<string, string>()
  return {
    schemas,
    place(schema, io) {
      const { $schema: _, $defs, ...root } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
      if ($defs === undefined) return root
      const prefix = JSON.stringify($defs) // Equal names mean equal things only among equal definitions.
      const nameOf = (local: string) => {
        const key = `${prefix}${local}`
        const name = names.get(key) ?? `Definition${names.size + 1}`
        names.set(key, name)
        return name
      }
      const placed = <T>(value: T): T =>
        JSON.parse(
          JSON.stringify(value).replace(
            /"\$ref":"#\/\$defs\/([^"]+)"/g,
            (_match, local: string) => `"$ref":"#/components/schemas/${nameOf(local)}"`,
          ),
        )
      for (const [local, definition] of Object.entries($defs)) schemas[nameOf(local)] ??= placed(definition)
      return placed(root)
    },
  }
}

function operation(endpoint: Endpoint, schemaOf: SchemaOf): Record<string, unknown> {
  const { body } = endpoint
  return {
    summary: endpoint.summary,
    'x-access': accessText(endpoint.access),
    security: securityOf(endpoint.access, endpoint.method !== 'GET'),
    parameters: [
      ...parameters(endpoint.params, 'path', schemaOf),
      ...parameters(endpoint.query, 'query', schemaOf),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: bodyContent(schemaOf(body, 'input'), endpoint.takes) } }),
    responses: {
      200: { description: 'done', content: replyContent(schemaOf(endpoint.reply, 'output'), endpoint.gives) },
      default: { description: 'refused or failed', content: json(schemaOf(apiError, 'output')) },
    },
  }
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query', schemaOf: SchemaOf): unknown[] {
  if (schema === undefined) return []
  const object = schemaOf(schema, 'input')
  const required: unknown = object.required
  return Object.entries(object.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (Array.isArray(required) && required.includes(name)),
    schema: property,
  }))
}

/** What is sent is bytes or a form where the endpoint names its types; `raw` and `form` are the handler's names for it. */
function bodyContent(schema: JsonSchema, types: Endpoint['takes']): Record<string, unknown> {
  return types === undefined
    ? json(schema)
    : byType(types, type => (type === 'application/x-www-form-urlencoded' ? schema.properties?.form : bytes))
}

function replyContent(schema: JsonSchema, gives: Endpoint['gives']): Record<string, unknown> {
  return gives === undefined
    ? json(schema)
    : byType(gives, type => (type.endsWith('json') ? schema : type.startsWith('text/') ? text : bytes))
}

const text = { type: 'string' }
const bytes = { type: 'string', format: 'binary' }

function byType(types: readonly string[], schemaFor: (type: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(types.map(type => [type, { schema: schemaFor(type) }]))
}

function json(schema: unknown): Record<string, unknown> {
  return { 'application/json': { schema } }
}

function securityOf(access: Access, changes: boolean): unknown[] {
  const session = changes ? { session: [], csrf: [] } : { session: [] }
  switch (access.kind) {
    case 'open':
      return []
    case 'signed-in':
      return [session]
    case 'token':
      return [{ token: [access.scope] }]
    case 'role':
      return access.scope === undefined ? [session] : [session, { token: [access.scope] }]
  }
}

function accessText(access: Access): string {
  switch (access.kind) {
    case 'open':
      return 'anybody'
    case 'signed-in':
      return 'signed in'
    case 'token':
      return `API token with scope ${access.scope}`
    case 'role':
      return access.scope === undefined
        ? `role ${access.role}`
        : `role ${access.role}, or an API token with scope ${access.scope}`
  }
}
