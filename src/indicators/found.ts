import type { IndicatorType } from '../domain/indicator.ts'

/** A candidate in the refanged text, before anything judges it. Offsets are UTF-16 units of the refanged text. */
export interface Found {
  readonly type: IndicatorType
  readonly value: string
  readonly start: number
  readonly end: number
  /** Set where the form alone says it is none: the reason, for a person. */
  readonly dropped?: string
  /** Set where the form says so unless the text defanged it: `setup.sh` is a file, `setup[.]sh` a host. */
  readonly doubt?: string
}
