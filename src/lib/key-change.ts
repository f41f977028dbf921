import { AppError } from './app-error.ts'

/** How many things were moved, by their kinds: `data_keys`, `vaults`… */
export type ChangeCounts = Readonly<Record<string, number>>

const named = 20

/**
 * Everything that is sealed, on its way from old master keys to a new one. What the new key opens stays as it is, so
 * that a change may be run again; what no key opens is remembered, and stops the change in `check`.
 */
export class KeyChange {
  readonly #from: readonly Buffer[]
  readonly #to: Buffer
  readonly #moved = new Map<string, number>()
  readonly #closed: string[] = []

  constructor(from: readonly Buffer[], to: Buffer) {
    this.#from = from
    this.#to = to
  }

  /** How many were moved, by kind. */
  get moved(): ChangeCounts {
    return Object.fromEntries(this.#moved)
  }

  /**
   * The thing under the new key, or `undefined` where it is to be left. `reseal` throws `cannot-open` or
   * `vault-unreadable` where `from` is not its key. `name` is how a person knows the thing.
   */
  move<Sealed>(kind: string, name: string, reseal: (from: Buffer, to: Buffer) => Sealed): Sealed | undefined {
    this.#moved.set(kind, this.#moved.get(kind) ?? 0)
    if (resealed(reseal, this.#to, this.#to) !== undefined) return undefined
    for (const key of this.#from) {
      const found = resealed(reseal, key, this.#to)
      if (found === undefined) continue
      this.#moved.set(kind, (this.#moved.get(kind) ?? 0) + 1)
      return found.sealed
    }
    this.refuse(name)
    return undefined
  }

  /** Something cannot be moved, for another reason than its key. */
  refuse(name: string): void {
    this.#closed.push(name)
  }

  /** Throws `cannot-open`, naming what cannot be moved. */
  check(): void {
    const count = this.#closed.length
    if (count === 0) return
    const more = count > named ? ` and ${count - named} more` : ''
    throw new AppError(
      'cannot-open',
      `nothing was changed, since neither the old nor the present master key opens ${this.#closed.slice(0, named).join(', ')}${more}: give the key that sealed them as well (--old-master-key, once for each)`,
    )
  }
}

function resealed<Sealed>(
  reseal: (from: Buffer, to: Buffer) => Sealed,
  from: Buffer,
  to: Buffer,
): { readonly sealed: Sealed } | undefined {
  try {
    return { sealed: reseal(from, to) }
  } catch (error) {
    if (error instanceof AppError && ['cannot-open', 'vault-unreadable'].includes(error.code))
      return undefined
    throw error
  }
}
