/** A file carried in a winmail.dat. */
export interface TnefFile {
  readonly name: string
  readonly bytes: Buffer
}

const signature = 0x223e9f78
const attachTitle = 0x00018010
const attachData = 0x0006800f

/** The attachments of a TNEF stream (MS-OXTNEF 2.1): level, attribute, length, data, checksum, one after the other. */
export function tnefFiles(bytes: Buffer): TnefFile[] {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== signature) return []
  const files: TnefFile[] = []
  let name = ''
  let at = 6
  while (at + 9 <= bytes.length && files.length < 100) {
    const attribute = bytes.readUInt32LE(at + 1)
    const length = bytes.readUInt32LE(at + 5)
    const data = bytes.subarray(at + 9, at + 9 + length)
    if (attribute === attachTitle) name = data.toString('latin1').replace(/\0.*$/s, '')
    if (attribute === attachData) {
      files.push({ name, bytes: data })
      name = ''
    }
    at += 9 + length + 2
  }
  return files
}
