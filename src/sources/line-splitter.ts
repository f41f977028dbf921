/** A line longer than this is cut there: the rest of it becomes lines of its own, which land in quarantine. */
const maxLineBytes = 8 * 1024 * 1024
const newline = 10

export interface SplitLine {
  readonly bytes: Buffer
  /** Offset of its first byte. */
  readonly start: number
}

/** Cuts a growing stream of bytes into lines and keeps the unfinished last one until the rest comes. */
export class LineSplitter {
  #rest = Buffer.alloc(0)
  /** Offset of the first byte that is not yet part of a finished line. */
  #offset: number

  constructor(offset: number) {
    this.#offset = offset
  }

  /** Where reading must go on if everything but the finished lines were forgotten. */
  get consumed(): number {
    return this.#offset
  }

  /** The lines that `chunk` finishes; blank ones are left out. */
  push(chunk: Buffer): SplitLine[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const lines: SplitLine[] = []
    let start = 0
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      if (!isBlank(bytes, start, end)) lines.push({ bytes: bytes.subarray(start, end), start: this.#offset })
      this.#offset += end + 1 - start
      start = end + 1
    }
    if (bytes.length - start > maxLineBytes) {
      lines.push({ bytes: bytes.subarray(start), start: this.#offset })
      this.#offset += bytes.length - start
      start = bytes.length
    }
    this.#rest = Buffer.from(bytes.subarray(start)) // A copy: the chunk may be reused.
    return lines
  }

  /** What is left when no more will come: a last line without its end. */
  finish(): SplitLine[] {
    const line = { bytes: this.#rest, start: this.#offset }
    this.#offset += this.#rest.length
    this.#rest = Buffer.alloc(0)
    return isBlank(line.bytes, 0, line.bytes.length) ? [] : [line]
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const byte = bytes[index]
    if (byte !== 32 && byte !== 9 && byte !== 13) return false
  }
  return true
}
