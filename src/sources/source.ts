/** One record as a source read it. `where` is for people: `alerts.json byte 1024`. */
export interface SourceRecord {
  readonly bytes: Uint8Array
  readonly where: string
}

/**
 * Hands records on, with the position that holds once they are stored. Resolves when they are; a source goes on only
 * then, and starts again from the last position that was stored.
 */
export type Deliver = (records: readonly SourceRecord[], checkpoint: unknown) => Promise<void>

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
