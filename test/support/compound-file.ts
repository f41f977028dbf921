/** A folder or stream of a compound file to write. */
export type CompoundNode =
  | { readonly name: string; readonly bytes: Buffer }
  | { readonly name: string; readonly children: readonly CompoundNode[] }

const sectorBytes = 512
const endOfChain = 0xfffffffe
const noEntry = 0xffffffff

/** Writes a Compound File Binary (MS-CFB) with every stream in ordinary sectors: enough to make .msg files for tests. */
export function writeCompoundFile(children: readonly CompoundNode[]): Buffer {
  const entries: { name: string; type: number; child: number; right: number; bytes: Buffer }[] = []
  const add = (node: CompoundNode, type: number): number => {
    const index =
      entries.push({
        name: node.name,
        type,
        child: noEntry,
        right: noEntry,
        bytes: 'bytes' in node ? node.bytes : Buffer.alloc(0),
      }) - 1
    if ('children' in node) {
      let previous = noEntry
      for (const child of node.children) {
        const at = add(child, 'bytes' in child ? 2 : 1)
        const before = entries[previous]
        const parent = entries[index]
        if (before) before.right = at
        else if (parent) parent.child = at
        previous = at
      }
    }
    return index
  }
  add({ name: 'Root Entry', children }, 5)

  const sectors: Buffer[] = []
  const fat: number[] = []
  const place = (bytes: Buffer): number => {
    if (bytes.length === 0) return endOfChain
    const start = sectors.length
    const count = Math.ceil(bytes.length / sectorBytes)
    for (let at = 0; at < count; at++) {
      sectors.push(Buffer.concat([bytes.subarray(at * sectorBytes, (at + 1) * sectorBytes)], sectorBytes))
      fat.push(at + 1 < count ? start + at + 1 : endOfChain)
    }
    return start
  }
  const directory = Buffer.concat(entries.map(entry => directoryEntry(entry, place(entry.bytes))))
  const directoryStart = place(
    Buffer.concat([directory], Math.ceil(directory.length / sectorBytes) * sectorBytes),
  )
  const fatSectors = Math.ceil((fat.length + 8) / 128)
  const fatStart = sectors.length
  for (let at = 0; at < fatSectors; at++) fat.push(0xfffffffd)
  const table = Buffer.alloc(fatSectors * sectorBytes, 0xff)
  for (const [at, next] of fat.entries()) table.writeUInt32LE(next, at * 4)

  const header = Buffer.alloc(sectorBytes)
  header.write('d0cf11e0a1b11ae1', 'hex')
  header.writeUInt16LE(9, 30)
  header.writeUInt16LE(6, 32)
  header.writeUInt32LE(directoryStart, 48)
  header.writeUInt32LE(0, 56) // No stream is small enough for the mini stream.
  header.writeUInt32LE(endOfChain, 60)
  header.writeUInt32LE(endOfChain, 68)
  header.fill(0xff, 76)
  for (let at = 0; at < fatSectors; at++) header.writeUInt32LE(fatStart + at, 76 + at * 4)
  return Buffer.concat([header, ...sectors, table])
}

function directoryEntry(
  entry: { name: string; type: number; child: number; right: number; bytes: Buffer },
  start: number,
): Buffer {
  const buffer = Buffer.alloc(128)
  buffer.write(entry.name, 'utf16le')
  buffer.writeUInt16LE(entry.name.length * 2 + 2, 64)
  buffer[66] = entry.type
  buffer.writeUInt32LE(noEntry, 68)
  buffer.writeUInt32LE(entry.right, 72)
  buffer.writeUInt32LE(entry.child, 76)
  buffer.writeUInt32LE(start, 116)
  buffer.writeUInt32LE(entry.bytes.length, 120)
  return buffer
}
