/** Where the bytes of a file are: in the row itself, or in an object store under that name. One of them is null. */
export interface KeptBytes {
  readonly bytes: Buffer | null
  readonly object: string | null
}
