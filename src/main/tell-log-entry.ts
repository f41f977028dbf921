import { z } from 'zod'
import { printable } from '../lib/printable.ts'

const entrySchema = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().optional(),
  err: z.looseObject({ message: z.string() }).optional(),
})

/** pino's levels. What is routine bears no word. */
const words: Readonly<Record<number, string>> = { 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' }

/**
 * One JSON line of the log as a line for the person at the terminal: local time, how bad, what happened, why, and to what.
 * Stacks are left out: they are in the JSON, which everything but a terminal gets.
 */
export function tellLogEntry(line: string): string {
  const { level, time, msg, err, ...facts } = entrySchema.parse(JSON.parse(line))
  const clock = new Date(time).toTimeString().slice(0, 8)
  const what = [msg, err?.message].filter(part => part !== undefined && part !== '').join(': ')
  const about = Object.entries(facts).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const all = `${clock} ${words[level] ?? ''}${what}${about.length > 0 ? ` (${about.join(', ')})` : ''}`
  return `tocsin: ${printable(all)}\n`
}
