import type { Json } from './canonical-json.ts'

/** Whether a value that was parsed is an object with members, not an array. */
export function isRecord(value: Json | undefined): value is { readonly [key: string]: Json }
export function isRecord(value: unknown): value is { readonly [key: string]: unknown }
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
