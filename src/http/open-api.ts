import { z } from 'zod'
import { apiError } from './contract.ts'
import type { Access, Endpoint } from './endpoint.ts'

/** The OpenAPI 3.1 description of these endpoints, made from the schemas that validate them. */
export function openApi(endpoints: readonly Endpoint[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tocsin', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-tocsin' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}

function operation(endpoint: Endpoint): Record<string, unknown> {
  const { body } = endpoint
  return {
    summary: endpoint.summary,
    'x-access': accessText(endpoint.access),
    security: securityOf(endpoint.access, endpoint.method !== 'GET'),
    parameters: [...parameters(endpoint.params, 'path'), ...parameters(endpoint.query, 'query')],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(body, 'input')) } }),
    responses: {
      200: { description: 'done', content: json(schemaOf(endpoint.reply, 'output')) },
      default: { description: 'refused or failed', content: json(schemaOf(apiError, 'output')) },
    },
  }
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): unknown[] {
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

function schemaOf(schema: z.ZodType, io: 'input' | 'output') {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' })
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
