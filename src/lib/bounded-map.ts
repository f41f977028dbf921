/**
 * A map that forgets entries that were not touched for long, in two generations: the old one is dropped when the young
 * one is full. Holds between `limit / 2` and `limit` entries, without moving one at every touch.
 */
export class BoundedMap<Key, Value> {
  #young = new Map<Key, Value>()
  #old = new Map<Key, Value>()
  readonly #half: number

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2))
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  peek(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  /** Another value for a key that is there. */
  replace(key: Key, value: Value): void {
    const holder = this.#young.has(key) ? this.#young : this.#old
    if (holder.has(key)) holder.set(key, value)
  }

  /** The value, made where there is none; it counts as touched now. */
  touch(key: Key, make: () => Value): Value {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const value = this.#old.get(key) ?? make()
    this.#old.delete(key)
    this.#young.set(key, value)
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    return value
  }
}
