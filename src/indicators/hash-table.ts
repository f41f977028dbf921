/**
 * From strings to the numbers they were added under, for a million strings and lookups by a range of a longer string.
 * A `Map` would need a substring for every question; this one hashes the range in place and makes no garbage. Open
 * addressing with linear probing, at most half full.
 */
export class RangeTable {
  #slots: Int32Array
  #hashes: Uint32Array
  readonly #keys: string[] = []
  readonly #numbers: number[] = []

  constructor(expected: number) {
    const size = 1 << Math.max(4, Math.ceil(Math.log2(Math.max(1, expected) * 2)))
    this.#slots = new Int32Array(size).fill(-1)
    this.#hashes = new Uint32Array(size)
  }

  get size(): number {
    return this.#keys.length
  }

  /** Adds a key; the first number given for it stays. */
  add(key: string, number: number): void {
    if (this.#keys.length * 2 >= this.#slots.length) this.#grow()
    const hash = hashRange(key, 0, key.length)
    if (this.find(key, 0, key.length, hash) !== undefined) return
    this.#place(hash, this.#keys.length)
    this.#keys.push(key)
    this.#numbers.push(number)
  }

  /** The number of the key that equals `text.slice(start, end)`; `hash` is `hashRange` of it, where already known. */
  find(text: string, start: number, end: number, hash = hashRange(text, start, end)): number | undefined {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? -1
      if (entry === -1) return undefined
      if (this.#hashes[slot] !== hash) continue
      const key = this.#keys[entry]
      if (key !== undefined && key.length === end - start && text.startsWith(key, start))
        return this.#numbers[entry]
    }
  }

  #place(hash: number, entry: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== -1) slot = (slot + 1) & mask
    this.#slots[slot] = entry
    this.#hashes[slot] = hash
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes]
    this.#slots = new Int32Array(slots.length * 2).fill(-1)
    this.#hashes = new Uint32Array(slots.length * 2)
    slots.forEach((entry, slot) => {
      if (entry !== -1) this.#place(hashes[slot] ?? 0, entry)
    })
  }
}

/** The seed of `hashRange`, for callers that hash step by step. */
export const hashSeed = 0x811c9dc5

/** FNV-1a over UTF-16 units, unsigned. */
function hashRange(text: string, start: number, end: number): number {
  let hash = hashSeed
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
