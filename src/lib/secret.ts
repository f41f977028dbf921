import { inspect } from 'node:util'

/** A secret that shows itself nowhere by accident: not in text, JSON, logs, errors or a crash dump's inspection. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself, for the one place that must send or use it. */
  expose(): string {
    return this.#value
  }

  /** `text` with the secret taken out, for messages of others that may repeat it. */
  scrub(text: string): string {
    return this.#value === '' ? text : text.replaceAll(this.#value, '[secret]')
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
