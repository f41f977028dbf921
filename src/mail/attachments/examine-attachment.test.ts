import { zipSync } from 'fflate'
import PDFDocument from 'pdfkit'
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
    const found = check('bomb.zip', zipSync({ 'zero.bin': new Uint8Array(64 * 1024 * 1024) }))
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

  it('finds links in a PDF, compressed or not', async () => {
    const document = new PDFDocument()
    const chunks: Buffer[] = []
    document.on('data', (chunk: Buffer) => chunks.push(chunk))
    document.text('Open', { link: 'https://files.example/doc' })
    const done = new Promise(resolve => document.on('end', resolve))
    document.end()
    await done
    expect(check('a.pdf', Buffer.concat(chunks)).links).toEqual([
      { kind: 'attachment', target: 'https://files.example/doc' },
    ])
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
