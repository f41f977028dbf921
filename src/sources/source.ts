/** One record as a source read it. `where` is for people: `alerts.json byte 1024`. */
export interface SourceRecord {
  readonly bytes: Uint8Array
  readonly where: string
}

/**
 * Hands records on, with the position that holds once they are stored; resolves when they are. A source starts again
 * from the last position that was stored. It may hand on one delivery while the one before it is being stored, and
 * then names that one as `before`: where it fails, this one stores nothing and fails too, so that no position is
 * stored past records that are not.
 */
export type Deliver = (
  records: readonly SourceRecord[],
  checkpoint: unknown,
  before?: Promise<void>,
) => Promise<void>

/** How a source is doing, for the settings page and the log. */
export type SourceState =
  | { readonly kind: 'connected'; readonly detail: string }
  | { readonly kind: 'waiting'; readonly detail: string }
  | { readonly kind: 'failing'; readonly detail: string }

export interface Source {
  /** Also the key of its checkpoint. */
  readonly name: string
  /** Reads from `checkpoint` on (as delivered; undefined at the first start) until the signal fires. */
  run(
    checkpoint: unknown,
    deliver: Deliver,
    onState: (state: SourceState) => void,
    signal: AbortSignal,
  ): Promise<void>
}
