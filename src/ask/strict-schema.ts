import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'

/** Keywords that not every provider's strict mode takes. zod checks them afterwards anyway. */
const dropped = new Set([
  '$schema',
  'default',
  'examples',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'multipleOf',
  'pattern',
  'title',
  'uniqueItems',
])

/**
 * The JSON schema of an answer in the subset that every provider's strict mode takes: objects are closed and all
 * members required. Throws `schema-not-strict` for optional members (say `.nullable()` instead) and open records.
 * Source: OpenAI, "Structured outputs", supported schemas; the strictest of the providers.
 */
export function strictSchema(schema: z.ZodType): { readonly [key: string]: Json } {
  const document: unknown = z.toJSONSchema(schema, { target: 'draft-7', unrepresentable: 'throw' })
  const strict = narrow(document, '')
  if (!isRecord(strict) || strict.type !== 'object') {
    throw new AppError('schema-not-strict', 'the answer must be an object')
  }
  return strict
}

function narrow(node: unknown, where: string): Json {
  if (Array.isArray(node)) return node.map((item, index) => narrow(item, `${where}/${index}`))
  if (typeof node !== 'object' || node === null) return node as Json // A JSON schema is JSON.
  const members = Object.entries(node).filter(([key]) => !dropped.has(key))
  const out = Object.fromEntries(
    members.map(([key, value]) => [
      key,
      key === 'properties' ? narrowProperties(value, where) : narrow(value, `${where}/${key}`),
    ]),
  )
  if (isRecord(out.properties)) {
    const names = Object.keys(out.properties)
    const required = Array.isArray(out.required) ? out.required : []
    const optional = names.filter(name => !required.includes(name))
    if (optional.length > 0) {
      throw new AppError('schema-not-strict', `${where || '/'}: optional members ${optional.join(', ')}`)
    }
    return { ...out, required: names, additionalProperties: false }
  }
  if (out.type === 'object') throw new AppError('schema-not-strict', `${where || '/'}: an open record`)
  return out
}

/** The names of properties are data, not keywords. */
function narrowProperties(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).map(([name, node]) => [name, narrow(node, `${where}/${name}`)]),
  )
}
