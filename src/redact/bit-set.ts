/**
 * A set of numbers of 16 bits, one bit each: 8 KB stay in the processor's nearest cache, where a byte for each did not,
 * and it is asked at every place of a text.
 */
export class BitSet {
  readonly #bits = new Uint8Array(0x2000)

  add(value: number): void {
    this.#bits[(value >> 3) & 0x1fff] = (this.#bits[(value >> 3) & 0x1fff] ?? 0) | (1 << (value & 7))
  }

  has(value: number): boolean {
    return (((this.#bits[(value >> 3) & 0x1fff] ?? 0) >> (value & 7)) & 1) === 1
  }
}
