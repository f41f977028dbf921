import { deflateSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { encode as jpegEncode } from 'jpeg-js'
import PDFDocument from 'pdfkit'
import { PNG } from 'pngjs'
import { encode } from 'uqr'
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../lib/problem.ts'
import { parseMessage } from '../mime/part-tree.ts'
import { examineAttachment } from './examine-attachment.ts'

function check(fileName: string, content: Uint8Array | string) {
  const problems: Problem[] = []
  const body = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n')
  const message = `Content-Type: application/octet-stream; name="${fileName}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}`
  const found = examineAttachment(parseMessage(Buffer.from(message), problems), problems)
  return {
    signals: found.notes.map(note => note.id),
    links: found.links,
    problems: problems.map(entry => entry.code),
  }
}

const text = (value: string) => new TextEncoder().encode(value)

async function pdfOf(
  draw: (document: PDFKit.PDFDocument) => void,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const document = new PDFDocument(options)
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise(resolve => document.on('end', resolve))
  draw(document)
  document.end()
  await done
  return Buffer.concat(chunks)
}

/** A QR code, four pixels a module, with its quiet zone. */
function pictureOf(content: string): { png: Buffer; jpeg: Buffer } {
  const { data, size } = encode(content, { border: 4 })
  const scale = 4
  const side = size * scale
  const pixels = Buffer.alloc(side * side * 4, 255)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (data[Math.floor(y / scale)]?.[Math.floor(x / scale)])
        pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
  const picture = new PNG({ width: side, height: side })
  pixels.copy(picture.data)
  const opaque = PNG.sync.write(picture, { colorType: 2 })
  return { png: opaque, jpeg: jpegEncode({ data: pixels, width: side, height: side }, 90).data }
}

describe('examineAttachment', () => {
  it('calls programs, shortcuts, disk images and double extensions by name and by content', () => {
    expect(check('setup.exe', 'anything').signals).toContain('attachment-program')
    expect(check('photo.jpg', Buffer.from('4d5a90000300', 'hex')).signals).toEqual([
      'attachment-program',
      'attachment-disguised',
    ])
    expect(check('invoice.pdf.js', 'x').signals).toContain('attachment-disguised')
    expect(check('files.iso', 'x').signals).toContain('attachment-disk-image')
    expect(check('notes.txt', 'just text').signals).toEqual([])
  })

  it('looks into archives, nested ones too', () => {
    const inner = zipSync({ 'run.vbs': text('x') })
    expect(check('a.zip', zipSync({ 'inner.zip': inner, 'readme.txt': text('hi') })).signals).toContain(
      'attachment-program',
    )
    expect(check('a.zip', zipSync({ 'readme.txt': text('hi') })).signals).toEqual([])
  })

  it('stops at a bomb and says so', () => {
    const found = check('bomb.zip', zipSync({ 'zero.bin': new Uint8Array(33 * 1024 * 1024) }))
    expect(found.signals).toContain('attachment-bomb')
    expect(found.problems).toContain('archive-too-large')
  })

  it('finds macros and remote templates in Office documents', () => {
    const types = { '[Content_Types].xml': text('<Types/>') }
    expect(check('a.docm', zipSync({ ...types, 'word/vbaProject.bin': text('x') })).signals).toContain(
      'attachment-macro',
    )
    const rels =
      '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://files.example/t.dotm" TargetMode="External"/></Relationships>'
    expect(
      check('a.docx', zipSync({ ...types, 'word/_rels/settings.xml.rels': text(rels) })).signals,
    ).toContain('attachment-remote-template')
    expect(
      check('a.docx', zipSync({ ...types, 'word/document.xml': text('<w:t>Hello</w:t>') })).signals,
    ).toEqual([])
  })

  it('finds DDE, and what old binary and RTF documents do when opened', () => {
    const types = { '[Content_Types].xml': text('<Types/>') }
    const field =
      '<w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe </w:instrText><w:instrText>"/k calc.exe"</w:instrText>'
    expect(check('a.docx', zipSync({ ...types, 'word/document.xml': text(field) })).signals).toContain(
      'attachment-macro',
    )
    const ole = (name: string, rest = '') =>
      Buffer.concat([
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        Buffer.alloc(512),
        Buffer.from(name, 'utf16le'),
        Buffer.from(rest),
      ])
    expect(check('a.doc', ole('_VBA_PROJECT', 'Sub AutoOpen()')).signals).toContain('attachment-macro')
    expect(check('a.doc', ole('Equation Native')).signals).toContain('attachment-remote-template')
    expect(check('a.xls', ole('EncryptedPackage')).signals).toContain('attachment-encrypted')
    expect(check('a.doc', ole('WordDocument')).signals).toEqual([])
    expect(check('a.rtf', '{\\rtf1{\\object\\objautlink{\\*\\objdata 0105}}}').signals).toContain(
      'attachment-remote-template',
    )
    expect(check('a.rtf', '{\\rtf1{\\*\\template http://evil.example/t.dotm}}').signals).toContain(
      'attachment-remote-template',
    )
  })

  it.each([
    ['a script', '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>'],
    ['a script with a hidden name', '/OpenAction << /S /Java#53cript /J#53 (app.alert(1)) >>'],
    ['a program', '/OpenAction << /S /Launch /F (cmd.exe) >>'],
    ['another file', '/EmbeddedFiles 5 0 R /Type /EmbeddedFile'],
  ])('finds what a PDF does: %s', (_, dictionary) => {
    const pdf = `%PDF-1.7\n1 0 obj\n<< /Type /Catalog ${dictionary} >>\nendobj\ntrailer << /Root 1 0 R >>\n`
    expect(check('a.pdf', pdf).signals).toContain('attachment-active-pdf')
    const packed = deflateSync(Buffer.from(`<< ${dictionary} >>`))
    const inside = Buffer.concat([
      Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n'),
      packed,
      Buffer.from('\nendstream\nendobj\n'),
    ])
    expect(check('a.pdf', inside).signals).toContain('attachment-active-pdf')
  })

  it('knows shortcuts, disk images and notebooks by their content, whatever they are called', () => {
    const shortcut = Buffer.from('4c0000000114020000000000c000000000000046', 'hex')
    expect(check('invoice.pdf', shortcut).signals).toEqual(
      expect.arrayContaining(['attachment-shortcut', 'attachment-disguised']),
    )
    const iso = Buffer.alloc(0x9000)
    iso.write('CD001', 0x8001, 'latin1')
    expect(check('scan.pdf', iso).signals).toEqual(
      expect.arrayContaining(['attachment-disk-image', 'attachment-disguised']),
    )
    expect(check('notes', Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex')).signals).toContain(
      'attachment-disk-image',
    )
    expect(check('disk.vhd', Buffer.from('636f6e6563746978', 'hex')).signals).toContain(
      'attachment-disk-image',
    )
    expect(check('a\u202efdp.exe', 'x').signals).toContain('attachment-disguised')
  })

  it('says which archives are locked or were not looked into', () => {
    const locked = Buffer.from(zipSync({ 'a.txt': text('hi') }))
    for (let at = locked.indexOf('PK\x01\x02'); at !== -1; at = -1) locked.writeUInt16LE(1, at + 8)
    expect(check('a.zip', locked).signals).toContain('attachment-encrypted')
    expect(check('a.rar', Buffer.from('526172211a0700', 'hex')).signals).toContain('attachment-encrypted')
    const nest = (depth: number): Uint8Array =>
      zipSync(depth === 0 ? { 'a.txt': text('hi') } : { 'inner.zip': nest(depth - 1) })
    expect(check('a.zip', nest(6)).problems).toContain('archive-too-deep')
  })

  it('takes files out of a winmail.dat', () => {
    const attribute = (id: number, data: Buffer) => {
      const head = Buffer.alloc(9)
      head.writeUInt8(2, 0)
      head.writeUInt32LE(id, 1)
      head.writeUInt32LE(data.length, 5)
      return Buffer.concat([head, data, Buffer.alloc(2)])
    }
    const start = Buffer.alloc(6)
    start.writeUInt32LE(0x223e9f78, 0)
    const tnef = Buffer.concat([
      start,
      attribute(0x00018010, Buffer.from('invoice.exe\0')),
      attribute(0x0006800f, Buffer.from('MZ and so on')),
    ])
    expect(check('winmail.dat', tnef).signals).toContain('attachment-program')
    expect(check('winmail.dat', tnef.subarray(0, 20)).signals).toEqual([])
  })

  it('reads QR codes that a PDF draws: as squares, as one path, as lines, light on dark, turned, compressed or not', async () => {
    const address = 'https://evil.example/drawn'
    const { data, size } = encode(address, { border: 0 })
    const dark = data.flatMap((row, y) => row.flatMap((is, x) => (is ? [{ x, y }] : [])))
    const light = data.flatMap((row, y) => row.flatMap((is, x) => (is ? [] : [{ x, y }])))
    type Draw = (document: PDFKit.PDFDocument) => void
    const forms: Readonly<Record<string, Draw>> = {
      squares: pdf => {
        for (const { x, y } of dark) pdf.rect(200 + x * 3, 300 + y * 3, 3, 3).fill('black')
      },
      'one path': pdf => {
        for (const { x, y } of dark) pdf.rect(50 + x * 2.2, 60 + y * 2.2, 2.2, 2.2)
        pdf.fill('#102030')
      },
      lines: pdf => {
        pdf.lineWidth(4)
        for (const { x, y } of dark)
          pdf
            .moveTo(100 + x * 4, 100 + y * 4)
            .lineTo(104 + x * 4, 100 + y * 4)
            .stroke('black')
      },
      'light on dark': pdf => {
        pdf.rect(0, 0, 612, 792).fill('white')
        for (const { x, y } of dark) pdf.rect(80 + x * 5, 80 + y * 5, 5, 5).fill('black')
        for (const { x, y } of light) pdf.rect(80 + x * 5, 80 + y * 5, 5, 5).fill('white')
      },
      turned: pdf => {
        pdf.rotate(90, { origin: [300, 300] }).scale(0.7)
        for (const { x, y } of dark) pdf.rect(300 + x * 6, 300 + y * 6, 6, 6).fill('black')
      },
      'in a page with a table': pdf => {
        pdf
          .rect(20, 20, 560, 1)
          .fill('black')
          .rect(20, 700, 560, 1)
          .fill('black')
          .rect(20, 20, 1, 680)
          .fill('black')
        pdf.text('Please scan the code (to keep your mailbox) within 24 hours.')
        for (const { x, y } of dark) pdf.rect(400 + x * 3, 500 + y * 3, 3, 3).fill('black')
      },
    }
    expect(size).toBeGreaterThan(20)
    for (const [name, draw] of Object.entries(forms))
      for (const compress of [true, false])
        expect(check('a.pdf', await pdfOf(draw, { compress })), name).toMatchObject({
          signals: ['qr-code-link'],
          links: [{ kind: 'qr', target: address }],
        })
  })

  it('a drawing without end, or that is no code, costs little and finds nothing', async () => {
    const chart = await pdfOf(pdf => {
      for (let at = 0; at < 2_000; at++) pdf.rect((at * 37) % 500, (at * 91) % 700, 4, 4).fill('black')
    })
    expect(check('a.pdf', chart).links).toEqual([])
    for (const body of [
      '0 0 1e9 1e9 re '.repeat(50_000),
      '('.repeat(400_000),
      '1 '.repeat(400_000),
      'q '.repeat(300_000),
      `${'9 9 m 1 1 l '.repeat(60_000)}f`,
    ])
      expect(check('a.pdf', `%PDF-1.4\n1 0 obj\n<< >>\nstream\n${body}\nendstream\n`).links).toEqual([])
  })

  it('reads QR codes in pictures, and in pictures of PDFs', async () => {
    const address = 'https://evil.example/qr'
    const { png, jpeg } = pictureOf(address)
    const links = [{ kind: 'qr', target: address }]
    expect(check('a.png', png)).toMatchObject({ signals: ['qr-code-link'], links })
    expect(check('a.jpg', jpeg)).toMatchObject({ signals: ['qr-code-link'], links })
    for (const picture of [png, jpeg]) {
      const pdf = await pdfOf(document => document.image(picture, 50, 50))
      expect(check('a.pdf', pdf)).toMatchObject({ signals: ['qr-code-link'], links })
    }
    expect(check('a.png', png.subarray(0, 200)).links).toEqual([])
  })

  it('finds links in a PDF, compressed or not', async () => {
    const pdf = await pdfOf(document => document.text('Open', { link: 'https://files.example/doc' }))
    expect(check('a.pdf', pdf).links).toEqual([{ kind: 'attachment', target: 'https://files.example/doc' }])
  })

  it('reads where an invitation leads, folded and escaped as calendars do', () => {
    const invite = (description: string) =>
      `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Payroll review\r\nDESCRIPTION:${description}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`
    const bad = check('invite.ics', invite('Confirm here:\\nhttps://payroll.evil\r\n .example/a\\, now'))
    expect(bad.links.map(link => link.target)).toEqual(['https://payroll.evil.example/a'])
    expect(bad.signals).toEqual(['calendar-link'])
    expect(check('invite.ics', invite('https://meet.google.com/abc-defg')).signals).toEqual([])
    expect(check('invite.ics', 'not a calendar https://x.example/').links).toEqual([])
  })

  it('recognises HTML smuggling in an attached page', () => {
    const page = `<html><body><script>const b = new Blob([atob("${'QUJD'.repeat(200)}")]); location.href = URL.createObjectURL(b)</script></body></html>`
    expect(check('voice.html', page).signals).toEqual(
      expect.arrayContaining(['html-attachment', 'html-smuggling']),
    )
  })
})
