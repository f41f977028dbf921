import type { WazuhEvent } from './event.ts'

/** Events in the order of arrival; they leave in the same order. Guards that only the oldest is dropped. */
export class EventHistory {
  #events: WazuhEvent[] = []
  #start = 0

  get size(): number {
    return this.#events.length - this.#start
  }

  add(event: WazuhEvent): void {
    this.#events.push(event)
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
    // Give the memory back now and then, not each time.
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start)
      this.#start = 0
    }
    return event
  }
}
