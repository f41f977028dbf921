import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { longestPlaceholder, spellingSuffix } from './placeholder.ts'

const serializedVault = z.object({
  version: z.literal(1),
  tenant: z.string(),
  caseId: z.string(),
  /** Placeholder, identity (empty for none), exact value; in the order of issue. */
  entries: z.array(z.tuple([z.string(), z.string(), z.string()])),
  counters: z.array(z.tuple([z.string(), z.number().int().nonnegative()])),
})

/** A vault as JSON. It holds the values in clear: only `sealVault` may write it anywhere. */
export type SerializedVault = z.infer<typeof serializedVault>

/**
 * The two-way map between real values and placeholders of one tenant and case.
 *
 * Its owner passes it to `redact()`, which adds to it, and to `reveal()`, which reads it. Invariants: a placeholder
 * stands for one exact spelling for ever, one spelling of one identity has one placeholder, and numbers are never
 * used twice. Placeholders follow the order of first sight, so the same texts give the same placeholders.
 */
export class Vault {
  readonly tenant: string
  readonly caseId: string
  readonly #values = new Map<string, string>()
  readonly #placeholders = new Map<string, string>()
  /** Identity -> stem, such as `HOST-3`. */
  readonly #stems = new Map<string, string>()
  readonly #identities = new Map<string, string>()
  readonly #counters = new Map<string, number>()

  constructor(tenant: string, caseId: string) {
    this.tenant = tenant
    this.caseId = caseId
  }

  /** Number of placeholders issued. */
  get size(): number {
    return this.#values.size
  }

  /**
   * The placeholder for a value. `identity` is what makes two spellings the same thing (the lower-case name, the
   * numeric address); `makeStem` is asked once per identity for what stands between the brackets.
   */
  issue(identity: string, value: string, makeStem: (vault: Vault) => string): string {
    const spelling = `${identity}\0${value}`
    const known = this.#placeholders.get(spelling)
    if (known !== undefined) return known
    let stem = this.#stems.get(identity)
    if (stem === undefined) {
      stem = makeStem(this)
      this.#stems.set(identity, stem)
    }
    const placeholder = `[${withSuffix(stem, spellingSuffix(this.#next(`spelling ${stem}`) - 1))}]`
    if (this.#values.has(placeholder) || placeholder.length > longestPlaceholder) {
      throw new AppError(
        'placeholder-clash',
        `cannot issue ${placeholder} a second time in case ${this.caseId}`,
      )
    }
    this.#values.set(placeholder, value)
    this.#identities.set(placeholder, identity)
    this.#placeholders.set(spelling, placeholder)
    return placeholder
  }

  /** The next number of a series: 1, 2, 3… */
  number(series: string): number {
    return this.#next(series)
  }

  /** The number that belongs to an identity in a series, given at first sight (subnets, domains of SIDs). */
  numberOf(series: string, identity: string): number {
    const key = `number ${series} ${identity}`
    const known = this.#counters.get(key)
    if (known !== undefined) return known
    const number = this.#next(series)
    this.#counters.set(key, number)
    return number
  }

  /** The exact value behind a placeholder of this case, or `undefined`. */
  valueOf(placeholder: string): string | undefined {
    return this.#values.get(placeholder)
  }

  placeholders(): IterableIterator<string> {
    return this.#values.keys()
  }

  /** Every real value with its identity, in the order of issue. */
  *entries(): Generator<{ readonly identity: string; readonly text: string }> {
    for (const [placeholder, text] of this.#values) {
      yield { identity: this.#identities.get(placeholder) ?? '', text }
    }
  }

  /** Every real value, for the egress scan. */
  values(): IterableIterator<string> {
    return this.#values.values()
  }

  serialize(): SerializedVault {
    return {
      version: 1,
      tenant: this.tenant,
      caseId: this.caseId,
      entries: [...this.#values].map(([placeholder, value]) => [
        placeholder,
        this.#identities.get(placeholder) ?? '',
        value,
      ]),
      counters: [...this.#counters],
    }
  }

  /** Throws `vault-unreadable` for anything that `serialize` did not write. */
  static deserialize(document: unknown): Vault {
    const parsed = serializedVault.safeParse(document)
    if (!parsed.success) throw new AppError('vault-unreadable', 'this is not a vault of a version known here')
    const { tenant, caseId, entries, counters } = parsed.data
    const vault = new Vault(tenant, caseId)
    for (const [placeholder, identity, value] of entries) {
      vault.#values.set(placeholder, value)
      vault.#identities.set(placeholder, identity)
      vault.#placeholders.set(`${identity}\0${value}`, placeholder)
      // The first spelling is issued first and carries the bare stem.
      if (!vault.#stems.has(identity)) vault.#stems.set(identity, placeholder.slice(1, -1))
    }
    for (const [key, count] of counters) vault.#counters.set(key, count)
    return vault
  }

  #next(series: string): number {
    const number = (this.#counters.get(series) ?? 0) + 1
    this.#counters.set(series, number)
    return number
  }
}

/** `EMAIL-2@evil.example` with `b` is `EMAIL-2b@evil.example`. */
function withSuffix(stem: string, suffix: string): string {
  const at = stem.indexOf('@')
  return at < 0 ? stem + suffix : stem.slice(0, at) + suffix + stem.slice(at)
}
