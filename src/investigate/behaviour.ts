/** What a signal means in a note to a colleague: a clause for the headline, and what to do about it. */
export interface Behaviour {
  /**
   * Past tense, no full stop, can follow a comma: `code was downloaded from a command line`. Empty: the reason tells.
   * `HOST`, `TARGET`, `MEMBER` (who was put into a group) and `CHANGE` (what file monitoring saw) are filled in.
   */
  readonly happened: string
  /** Concrete checks, most telling first. `HOST`, `USER`, `TARGET`, `SOURCE` and `FILE` are filled in. */
  readonly steps: readonly string[]
  /** The checks instead of these where the host is no Windows one. */
  readonly unixSteps?: readonly string[]
  /** What the alert cannot say. */
  readonly unknown?: string
  /** Signals that say the same and more: where one of them is told, this one is not. */
  readonly saidBy?: readonly string[]
  /** Signals whose open questions this one answers: their steps and unknowns fall away. */
  readonly settles?: readonly string[]
}
