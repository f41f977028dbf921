import type { StaticField, WazuhEvent } from './event.ts'

/** Fields that are carried from one event of a transaction to the next. */
const carried = ['dstuser', 'srcuser', 'dstip', 'srcip', 'dstport', 'srcport', 'data'] as const
const longestKey = 255
const longestValue = 80
const expireSeconds = 120

interface Entry {
  arrivedAt: number
  readonly fields: Partial<Record<StaticField, string>>
}

/**
 * `<accumulate/>`: events with the same host, decoder and id share what each of them knows. Values already there
 * stay. Entries end after 120 seconds without an event.
 */
export class Accumulator {
  readonly #entries = new Map<string, Entry>()

  apply(event: WazuhEvent): void {
    const name = event.decoder?.name
    if (!event.decoder?.accumulate || event.fields.id === undefined) return
    const key = `${event.hostname} ${name} ${event.fields.id}`
    if (key.length > longestKey) return
    let entry = this.#entries.get(key)
    if (entry && entry.arrivedAt < event.arrivedAt - expireSeconds) entry = undefined
    if (entry) fill(event.fields, entry.fields)
    entry ??= { arrivedAt: event.arrivedAt, fields: {} }
    entry.arrivedAt = event.arrivedAt
    fill(entry.fields, event.fields)
    // Re-inserted, so that the oldest entry comes first.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#expire(event.arrivedAt)
  }

  #expire(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.arrivedAt >= now - expireSeconds && this.#entries.size <= 65536) return
      this.#entries.delete(key)
    }
  }
}

function fill(
  target: Partial<Record<StaticField, string>>,
  source: Partial<Record<StaticField, string>>,
): void {
  for (const field of carried) {
    const value = source[field]
    if (value !== undefined && value !== '' && value.length <= longestValue && !target[field])
      target[field] = value
  }
}
