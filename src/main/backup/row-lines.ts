import { createHash } from 'node:crypto'

/** Counts lines and bytes of COPY's text form while they pass, and digests them. */
export class RowTally {
  #hash = createHash('sha256')
  rows = 0
  bytes = 0

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.bytes += chunk.length
    // COPY writes a line feed inside a value as two characters: each real one ends a row.
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) this.rows++
  }

  /** Once, at the end. */
  digest(): string {
    return this.#hash.digest('hex')
  }
}

/** Bytes cut anywhere, as whole lines. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    let from = 0
    for (let end = held.indexOf(0x0a); end >= 0; end = held.indexOf(0x0a, from)) {
      yield held.toString('utf8', from, end)
      from = end + 1
    }
    held = held.subarray(from)
  }
  if (held.length > 0) yield held.toString('utf8')
}
