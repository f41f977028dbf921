import { z } from 'zod'
import { digestOf } from '../lib/canonical-json.ts'

/**
 * The version of a prompt: its name, which people bump, and a digest of its words and of the answer's shape, which changes whether
 * somebody thought of that or not. What was measured, or let into use, under one version speaks for no other.
 */
export function promptVersion(
  name: string,
  words: string | Readonly<Record<string, string>>,
  schema?: z.ZodType,
): string {
  const shape = schema && z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return `${name}.${digestOf({ words, shape }).slice(0, 8)}`
}
