/** A GGUF file with one LoRA adapter in it, as the specification in ggml's docs/gguf.md lays it out (version 3). */
export function loraFile(
  architecture: string,
  tensors: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly value: (n: number) => number
  }[],
): Buffer {
  const parts: Buffer[] = []
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    return bytes
  }
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(value))
    return bytes
  }
  const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)])
  const pair = (key: string, value: string) => parts.push(text(key), u32(8), text(value))
  const size = (shape: readonly number[]) => shape.reduce((product, each) => product * each, 1) * 4
  const padded = (length: number) => Math.ceil(length / 32) * 32
  parts.push(Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(4))
  pair('general.architecture', architecture)
  pair('general.type', 'adapter')
  pair('adapter.type', 'lora')
  const alpha = Buffer.alloc(4)
  alpha.writeFloatLE(8)
  parts.push(text('adapter.lora.alpha'), u32(6), alpha)
  let offset = 0
  for (const { name, shape } of tensors) {
    parts.push(text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset))
    offset += padded(size(shape))
  }
  const head = Buffer.concat(parts)
  const data = tensors.map(({ shape, value }) => {
    const bytes = Buffer.alloc(padded(size(shape)))
    for (let n = 0; n < size(shape) / 4; n++) bytes.writeFloatLE(value(n), n * 4)
    return bytes
  })
  return Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length), ...data])
}
