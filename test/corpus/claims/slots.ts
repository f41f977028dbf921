import type { Random } from './random.ts'
import type { Slot } from './sentence.ts'
import { bandOf, clockOf, clockWithSeconds, dateAmerican, dateInWords, inWords } from './world.ts'

export const address = (text: string, group?: string): Slot => ({
  kind: 'address',
  text,
  ...(group ? { group } : {}),
})
export const user = (text: string, group?: string): Slot => ({
  kind: 'user',
  text,
  ...(group ? { group } : {}),
})
export const host = (text: string): Slot => ({ kind: 'host', text })
export const process = (text: string, group?: string): Slot => ({
  kind: 'process',
  text,
  ...(group ? { group } : {}),
})
export const port = (value: number): Slot => ({ kind: 'port', text: String(value) })
export const level = (value: number): Slot => ({ kind: 'level', text: String(value) })
export const labelNumber = (value: number | string): Slot => ({ kind: 'label-number', text: String(value) })
export const hash = (text: string): Slot => ({ kind: 'hash', text })
export const path = (text: string): Slot => ({ kind: 'path', text })
export const url = (text: string): Slot => ({ kind: 'url', text })
export const domain = (text: string): Slot => ({ kind: 'domain', text })
export const cve = (text: string): Slot => ({ kind: 'cve', text })
export const technique = (text: string): Slot => ({ kind: 'technique', text })
export const protocol = (text: string): Slot => ({ kind: 'protocol', text })
export const email = (text: string): Slot => ({ kind: 'email', text })
export const percent = (value: number): Slot => ({ kind: 'percent', text: `${value}%` })
export const severity = (value: number): Slot => ({ kind: 'severity', text: bandOf(value) })
/** Words whose opposite is known: `failed` and `succeeded`. */
export const polar = (text: string, opposite: string): Slot => ({ kind: 'polar', text, opposite })

/** A count, in digits, with a thousands separator, or in words. */
export function count(value: number, random: Random): Slot {
  const text = random.pick([
    String(value),
    String(value),
    value < 100 ? inWords(value) : value.toLocaleString('en-US'),
  ])
  return { kind: 'count', text }
}

export function clock(date: Date, random: Random): Slot {
  const hour = date.getUTCHours()
  const american = `${hour % 12 || 12}:${clockOf(date).slice(3)} ${hour < 12 ? 'AM' : 'PM'}`
  return {
    kind: 'clock',
    text: random.pick([clockOf(date), clockWithSeconds(date), `${clockOf(date)} UTC`, american]),
  }
}

export function date(value: Date, random: Random): Slot {
  return {
    kind: 'date',
    text: random.pick([value.toISOString().slice(0, 10), dateInWords(value), dateAmerican(value)]),
  }
}

export function duration(minutes: number, random: Random): Slot {
  return {
    kind: 'duration',
    text: random.pick([`${minutes} minutes`, `${inWords(minutes)} minutes`, `${minutes} min`]),
  }
}

export function size(bytes: number, random: Random): Slot {
  return {
    kind: 'size',
    text: random.pick([
      `${(bytes / 1e6).toFixed(1)} MB`,
      `${bytes.toLocaleString('en-US')} bytes`,
      `${bytes} bytes`,
    ]),
  }
}
