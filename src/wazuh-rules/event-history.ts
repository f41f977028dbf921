import type { WazuhEvent } from './event.ts'
import type { ComparedField } from './rule.ts'

/** Events in the order of arrival; they leave in the same order. Guards that only the oldest is dropped. */
export class EventHistory {
  #events: WazuhEvent[] = []
  #start = 0
  #latestArrival = Number.NEGATIVE_INFINITY
  #inOrder = true
  /** The same events by the value of a field, for fields that were asked for. */
  readonly #byValue = new Map<ComparedField, Map<string, EventHistory>>()

  get size(): number {
    return this.#events.length - this.#start
  }

  add(event: WazuhEvent): void {
    this.#events.push(event)
    if (event.arrivedAt < this.#latestArrival) this.#inOrder = false
    else this.#latestArrival = event.arrivedAt
    for (const [field, histories] of this.#byValue) addTo(histories, field, event)
  }

  /**
   * The events whose field has this value, or undefined where there are none: a count of such events need not look at
   * the others. All events where times were seen to go back: there an event between them may end the search.
   */
  having(field: ComparedField, value: string): EventHistory | undefined {
    if (!this.#inOrder) return this
    let histories = this.#byValue.get(field)
    if (!histories) {
      histories = new Map()
      for (let at = this.#start; at < this.#events.length; at++) {
        const event = this.#events[at]
        if (event) addTo(histories, field, event)
      }
      this.#byValue.set(field, histories)
    }
    return histories.get(value)
  }

  /** The event that came `back` before the latest (0 is the latest), or undefined. */
  back(back: number): WazuhEvent | undefined {
    const at = this.#events.length - 1 - back
    return at < this.#start ? undefined : this.#events[at]
  }

  oldest(): WazuhEvent | undefined {
    return this.#events[this.#start]
  }

  dropOldest(): WazuhEvent | undefined {
    const event = this.#events[this.#start]
    if (event === undefined) return undefined
    this.#start++
    for (const [field, histories] of this.#byValue) {
      const value = comparedValue(event, field)
      const history = value === undefined ? undefined : histories.get(value)
      history?.dropOldest()
      if (value !== undefined && history?.size === 0) histories.delete(value)
    }
    // Give the memory back now and then, not each time.
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start)
      this.#start = 0
    }
    return event
  }
}

function addTo(histories: Map<string, EventHistory>, field: ComparedField, event: WazuhEvent): void {
  const value = comparedValue(event, field)
  if (value === undefined) return
  const history = histories.get(value) ?? new EventHistory()
  histories.set(value, history)
  history.add(event)
}

/** What `same_` and `different_` compare. */
export function comparedValue(event: WazuhEvent, field: ComparedField): string | undefined {
  return field === 'location' ? event.location : event.fields[field]
}
