/**
 * Trouble found in input, as data. It travels inside the record it concerns, so that one bad
 * line never costs the others.
 *
 * `code` is kebab-case and stable: scripts match on it. `message` says what happened and what to do.
 * `where` names the place (a JSON pointer, `line 12`, a byte range, a file name).
 */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly where?: string
}

/** What a parser of hostile input returns: always a value, and what was wrong with the input. */
export interface Parsed<T> {
  readonly value: T
  readonly problems: readonly Problem[]
}

/** Makes a problem; leaves `where` out when there is none. */
export function problem(code: string, message: string, where?: string): Problem {
  return where === undefined ? { code, message } : { code, message, where }
}
