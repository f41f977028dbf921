/**
 * One kind of secret. `starts` are the literals, in lower case, one of which stands where `form` begins: a single
 * pass over the text finds them all, and only there is the form tried. The secret is the group `secret`, or the
 * whole match.
 */
export interface SecretDetector {
  readonly id: string
  readonly starts: readonly string[]
  /** Sticky (`y`), with indices (`d`). */
  readonly form: RegExp
  /** Whether what matched is a real value and no example or template. */
  readonly holds?: (secret: string, match: RegExpExecArray) => boolean
  /**
   * For a form of a beginning, one run of units and an end that does not depend on where the run began: the beginning with the
   * whole run. Where the form is not at one place of a run, it is at no later one of it either. Sticky.
   */
  readonly run?: RegExp
}

/** Writes a detector in one line. The form is tried on the text as written, not in lower case. */
export function detector(
  id: string,
  starts: string,
  form: string,
  options: { readonly flags?: 'i'; readonly holds?: SecretDetector['holds']; readonly run?: string } = {},
): SecretDetector {
  return {
    id,
    starts: starts.split(' '),
    form: new RegExp(form, `dy${options.flags ?? ''}`),
    ...(options.holds === undefined ? {} : { holds: options.holds }),
    ...(options.run === undefined ? {} : { run: new RegExp(options.run, 'y') }),
  }
}
