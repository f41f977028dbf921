import { type CompoundFolder, readCompoundFile } from './compound-file.ts'

// Property tags of MS-OXPROPS: `SSSSTTTT` where SSSS is the property and TTTT its type (001f Unicode, 001e 8-bit, 0102 binary).
const tags = {
  subject: '0037',
  transportHeaders: '007d',
  senderName: '0c1a',
  senderSmtp: '5d01',
  senderAddress: '0c1f',
  displayTo: '0e04',
  messageId: '1035',
  body: '1000',
  html: '1013',
  attachData: '3701',
  attachLongName: '3707',
  attachName: '3704',
  attachType: '370e',
} as const

/**
 * An Outlook .msg (MS-OXMSG) written out as a MIME message, so that it is read by the same code as every other mail:
 * transport headers as received where Outlook kept them, both bodies, attachments, embedded messages. `undefined` where the
 * file is no compound file or holds no message.
 */
export function outlookToMime(bytes: Buffer): Buffer | undefined {
  const root = readCompoundFile(bytes)
  return root === undefined || !hasMessage(root) ? undefined : writeMessage(root, 0)
}

function hasMessage(folder: CompoundFolder): boolean {
  return folder.streams.some(
    stream => stream.name.startsWith('__properties_version') || stream.name.startsWith('__substg1.0_'),
  )
}

function writeMessage(folder: CompoundFolder, depth: number): Buffer {
  const boundary = `outlook-${depth}-part`
  const parts = [...bodyParts(folder), ...attachmentParts(folder, depth)]
  const head = `${headersOf(folder)}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`
  const pieces = parts.flatMap(part => [Buffer.from(`--${boundary}\r\n`), part, Buffer.from('\r\n')])
  return Buffer.concat([Buffer.from(head), ...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

/** The headers as the server handed them over; where Outlook has none (sent items), the ones that its properties give. */
function headersOf(folder: CompoundFolder): string {
  const kept = text(folder, tags.transportHeaders)
  if (kept !== undefined && /^[\w-]+:/m.test(kept)) {
    const fields = kept.replace(/\r?\n/g, '\r\n').split(/\r\n(?![ \t])/)
    return fields
      .filter(field => /^[\w-]+:/.test(field) && !/^(?:content-|mime-version)/i.test(field))
      .map(field => `${field}\r\n`)
      .join('')
  }
  const line = (name: string, value: string | undefined) => (value ? `${name}: ${encodeWord(value)}\r\n` : '')
  const address = text(folder, tags.senderSmtp) ?? text(folder, tags.senderAddress) ?? ''
  const id = text(folder, tags.messageId)
  return [
    `From: ${encodeWord(text(folder, tags.senderName) ?? '')} <${address.replace(/[\r\n<>]/g, '')}>\r\n`,
    line('To', text(folder, tags.displayTo)),
    line('Subject', text(folder, tags.subject)),
    id ? `Message-ID: ${id.replace(/[\r\n]/g, '')}\r\n` : '',
  ].join('')
}

function encodeWord(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : `=?utf-8?B?${Buffer.from(value).toString('base64')}?=`
}

function bodyParts(folder: CompoundFolder): Buffer[] {
  const plain = text(folder, tags.body)
  const htmlText = text(folder, tags.html)
  const html = binary(folder, tags.html) ?? (htmlText === undefined ? undefined : Buffer.from(htmlText))
  const parts: Buffer[] = []
  if (plain !== undefined) parts.push(encoded('text/plain; charset=utf-8', '', Buffer.from(plain)))
  if (html !== undefined) parts.push(encoded('text/html', '', html))
  return parts
}

function attachmentParts(folder: CompoundFolder, depth: number): Buffer[] {
  const attached = folder.folders.filter(child => child.name.startsWith('__attach_version1.0_'))
  return attached.map(child => {
    const inner = child.folders.find(entry => entry.name === `__substg1.0_${tags.attachData}000D`)
    if (inner && hasMessage(inner) && depth < 5) {
      return Buffer.concat([
        Buffer.from('Content-Type: message/rfc822\r\n\r\n'),
        writeMessage(inner, depth + 1),
      ])
    }
    const name = text(child, tags.attachLongName) ?? text(child, tags.attachName) ?? ''
    return encoded(
      text(child, tags.attachType)?.replace(/[^\w/+.-]/g, '') || 'application/octet-stream',
      name,
      binary(child, tags.attachData) ?? Buffer.alloc(0),
    )
  })
}

function encoded(type: string, fileName: string, body: Buffer): Buffer {
  const disposition =
    fileName === ''
      ? ''
      : `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(fileName)}\r\n`
  const lines = body.toString('base64').replace(/.{76}/g, '$&\r\n')
  return Buffer.from(
    `Content-Type: ${type}\r\n${disposition}Content-Transfer-Encoding: base64\r\n\r\n${lines}`,
  )
}

function stream(folder: CompoundFolder, tag: string, type: string): Buffer | undefined {
  const name = `__substg1.0_${tag}${type}`.toLowerCase()
  return folder.streams.find(entry => entry.name.toLowerCase() === name)?.bytes
}

function text(folder: CompoundFolder, tag: string): string | undefined {
  const unicode = stream(folder, tag, '001f')
  const value = unicode ? unicode.toString('utf16le') : stream(folder, tag, '001e')?.toString('latin1')
  return value?.replace(/\0+$/, '')
}

function binary(folder: CompoundFolder, tag: string): Buffer | undefined {
  return stream(folder, tag, '0102')
}
