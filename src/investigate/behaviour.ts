/** What a signal means in a note to a colleague: a clause for the headline, and what to do about it. */
export interface Behaviour {
  /** Past tense, no full stop, can follow a comma: `code was downloaded from a command line`. Empty: the reason tells. */
  readonly happened: string
  /** Concrete checks, most telling first. `HOST`, `USER`, `SOURCE` and `FILE` are filled in. */
  readonly steps: readonly string[]
  /** What the alert cannot say. */
  readonly unknown?: string
}
