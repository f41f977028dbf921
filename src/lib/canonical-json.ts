import { createHash } from 'node:crypto'
import { AppError } from './app-error.ts'

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * JSON in one spelling only, so that equal values have equal digests: keys sorted by UTF-16 code unit,
 * no white space, numbers as ECMAScript prints them (RFC 8785). Members that are `undefined` are left out.
 * Throws `not-canonical` for what JSON cannot carry: NaN, infinities, lone surrogates, functions, cycles.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  if (depth > 200) throw new AppError('not-canonical', 'value is nested deeper than 200 levels')
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new AppError('not-canonical', `number ${value} has no JSON form`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(item => write(item, depth + 1)).join(',')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${entries.map(([key, member]) => `${quote(key)}:${write(member, depth + 1)}`).join(',')}}`
  }
  throw new AppError('not-canonical', `a ${typeof value} has no JSON form`)
}

function quote(text: string): string {
  if (!text.isWellFormed()) throw new AppError('not-canonical', 'text has a lone surrogate')
  return JSON.stringify(text)
}

/** The SHA-256 of the canonical JSON, in lower-case hexadecimal. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
