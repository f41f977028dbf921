/**
 * A reader for Compound File Binary, the container of Outlook's .msg (MS-CFB). Only what a message needs: the directory and
 * the contents of its streams. Chains are followed with a step count, so a circular one ends; sizes are capped.
 */
export interface CompoundStream {
  readonly name: string
  readonly bytes: Buffer
}

export interface CompoundFolder {
  readonly name: string
  readonly folders: readonly CompoundFolder[]
  readonly streams: readonly CompoundStream[]
}

const signature = 'd0cf11e0a1b11ae1'
const freeSector = 0xfffffff0
const noEntry = 0xffffffff
const directoryEntryBytes = 128
const mostEntries = 20_000

/** Whether bytes begin as a compound file. */
export function isCompoundFile(bytes: Buffer): boolean {
  return bytes.length > 512 && bytes.subarray(0, 8).toString('hex') === signature
}

/** The root folder of a compound file, or `undefined` where its header or directory cannot be read. */
export function readCompoundFile(bytes: Buffer): CompoundFolder | undefined {
  if (!isCompoundFile(bytes)) return undefined
  const sectorBytes = 1 << bytes.readUInt16LE(30)
  if (sectorBytes !== 512 && sectorBytes !== 4096) return undefined
  const sector = (index: number) => bytes.subarray((index + 1) * sectorBytes, (index + 2) * sectorBytes)
  const fat = readFat(bytes, sectorBytes, sector)
  const chain = (start: number, limitBytes: number): Buffer => {
    const parts: Buffer[] = []
    let at = start
    for (
      let size = 0;
      at < freeSector && size < limitBytes && parts.length <= fat.length;
      at = fat[at] ?? freeSector
    ) {
      parts.push(sector(at))
      size += sectorBytes
    }
    return Buffer.concat(parts).subarray(0, limitBytes)
  }
  const directory = chain(bytes.readUInt32LE(48), mostEntries * directoryEntryBytes)
  const root = entryAt(directory, 0)
  if (root === undefined) return undefined
  const miniStream = chain(root.start, Math.min(root.size, bytes.length))
  const miniFat = words(chain(bytes.readUInt32LE(60), bytes.length))
  const miniCutoff = bytes.readUInt32LE(56)
  const content = (entry: Entry): Buffer => {
    const size = Math.min(entry.size, bytes.length)
    if (size >= miniCutoff) return chain(entry.start, size)
    const parts: Buffer[] = []
    let at = entry.start
    for (
      let length = 0;
      at < freeSector && length < size && parts.length <= miniFat.length;
      at = miniFat[at] ?? freeSector
    ) {
      parts.push(miniStream.subarray(at * 64, at * 64 + 64))
      length += 64
    }
    return Buffer.concat(parts).subarray(0, size)
  }
  return folderOf(directory, root, content, new Set(), 0)
}

interface Entry {
  readonly name: string
  readonly type: number
  readonly left: number
  readonly right: number
  readonly child: number
  readonly start: number
  readonly size: number
}

function entryAt(directory: Buffer, index: number): Entry | undefined {
  const at = index * directoryEntryBytes
  if (index === noEntry || at + directoryEntryBytes > directory.length) return undefined
  const nameBytes = Math.max(0, Math.min(directory.readUInt16LE(at + 64), 64) - 2)
  return {
    name: directory.subarray(at, at + nameBytes).toString('utf16le'),
    type: directory[at + 66] ?? 0,
    left: directory.readUInt32LE(at + 68),
    right: directory.readUInt32LE(at + 72),
    child: directory.readUInt32LE(at + 76),
    start: directory.readUInt32LE(at + 116),
    size: directory.readUInt32LE(at + 120),
  }
}

/** Children hang in a binary tree of siblings; `seen` breaks loops, `depth` bounds nesting. */
function folderOf(
  directory: Buffer,
  entry: Entry,
  content: (entry: Entry) => Buffer,
  seen: Set<number>,
  depth: number,
): CompoundFolder {
  const folders: CompoundFolder[] = []
  const streams: CompoundStream[] = []
  const pending = [entry.child]
  while (pending.length > 0) {
    const index = pending.pop() ?? noEntry
    const child = seen.has(index) ? undefined : entryAt(directory, index)
    if (child === undefined) continue
    seen.add(index)
    pending.push(child.left, child.right)
    if (child.type === 2) streams.push({ name: child.name, bytes: content(child) })
    else if (child.type === 1 && depth < 8) folders.push(folderOf(directory, child, content, seen, depth + 1))
  }
  return { name: entry.name, folders, streams }
}

function readFat(bytes: Buffer, sectorBytes: number, sector: (index: number) => Buffer): number[] {
  const indexes: number[] = []
  for (let at = 76; at < 512; at += 4) indexes.push(bytes.readUInt32LE(at))
  let next = bytes.readUInt32LE(68)
  for (let count = 0; next < freeSector && count < 1_000; count++) {
    const list = words(sector(next))
    indexes.push(...list.slice(0, sectorBytes / 4 - 1))
    next = list[sectorBytes / 4 - 1] ?? freeSector
  }
  return indexes.filter(index => index < freeSector).flatMap(index => words(sector(index)))
}

function words(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readUInt32LE(at * 4))
}
