import { z } from 'zod'
import { messageOf } from '../lib/app-error.ts'
import { unmarkData } from './data-marking.ts'

export type ParsedAnswer<Answer> =
  | { readonly kind: 'valid'; readonly answer: Answer }
  /** `reason` goes back to the model once, so that it can mend its answer. */
  | { readonly kind: 'invalid'; readonly reason: string }

/**
 * Reads a model's text as JSON of a schema. Takes the object out of a Markdown fence or surrounding words, which
 * models without a strict mode add; takes nothing else. Never throws.
 */
export function parseAnswer<Answer>(text: string, schema: z.ZodType<Answer>): ParsedAnswer<Answer> {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}')
  if (start < 0 || end < start) return { kind: 'invalid', reason: 'there is no JSON object in it' }
  let value: unknown
  try {
    value = JSON.parse(text.slice(start, end + 1), (_key, member) =>
      typeof member === 'string' ? cleanText(member) : member,
    )
  } catch (error) {
    return { kind: 'invalid', reason: `it is not JSON: ${messageOf(error).slice(0, 200)}` }
  }
  const parsed = schema.safeParse(value)
  return parsed.success
    ? { kind: 'valid', answer: parsed.data }
    : { kind: 'invalid', reason: z.prettifyError(parsed.error).slice(0, 1000) }
}

/**
 * Model text as plain text: data marks become spaces; control characters, and characters that hide or turn text
 * around, go. A screen or a terminal could be fooled by them, and evidence quotes lose nothing.
 */
export function cleanText(text: string): string {
  return unmarkData(text)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g, '')
    .toWellFormed()
}
