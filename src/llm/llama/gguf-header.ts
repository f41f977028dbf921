import { AppError } from '../../lib/app-error.ts'

/** What the beginning of a GGUF file says of itself. */
export interface GgufHeader {
  /** `model`, or `adapter` for a LoRA. */
  readonly type: string
  readonly architecture: string
}

const scalarSizes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}
const stringType = 8
const mostKeys = 64

/**
 * Reads the first metadata of a GGUF file (version 2 or 3, little-endian) from its first bytes: the format puts
 * `general.*` foremost. Throws `unreadable-input` for anything else. Source: the GGUF specification in ggml's docs/gguf.md.
 */
export function readGgufHeader(bytes: Buffer, name: string): GgufHeader {
  const fail = (why: string): never => {
    throw new AppError('unreadable-input', `${name} is no GGUF file that can be used: ${why}`)
  }
  if (bytes.length < 24 || bytes.toString('latin1', 0, 4) !== 'GGUF') fail('it does not begin with GGUF')
  const version = bytes.readUInt32LE(4)
  if (version !== 2 && version !== 3) fail(`version ${version}`)
  const count = Number(bytes.readBigUInt64LE(16))
  let at = 24
  const readString = (): string => {
    const length = Number(bytes.readBigUInt64LE(at))
    if (length > bytes.length - at - 8) fail('its metadata is cut off')
    const text = bytes.toString('utf8', at + 8, at + 8 + length)
    at += 8 + length
    return text
  }
  const found: Record<string, string> = {}
  for (let n = 0; n < Math.min(count, mostKeys) && at + 12 < bytes.length; n++) {
    const key = readString()
    const type = bytes.readUInt32LE(at)
    at += 4
    if (type === stringType) found[key] = readString()
    else if (scalarSizes[type] !== undefined) at += scalarSizes[type]
    else break // An array: vocabularies come behind what is needed here.
  }
  const architecture = found['general.architecture'] ?? fail('it does not say its architecture')
  return { type: found['general.type'] ?? 'model', architecture }
}
