import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { emptyMailOrganisation, mailVerdicts } from '../domain/mail.ts'
import { mailAnalyser } from './analyse-mail.ts'

// Mails made to hang, crash or fill the memory: each ends in a record that says what was not read.

const head = 'From: a@sender.example\nTo: b@acme.example\nSubject: hello\nMIME-Version: 1.0\n'
const analyse = mailAnalyser(emptyMailOrganisation)

function check(message: string | Buffer): string[] {
  const report = analyse(Buffer.from(message), 'x.eml', 0)
  expect(mailVerdicts).toContain(report.verdict)
  return report.problems.map(entry => entry.code)
}

const attached = (name: string, content: Uint8Array) =>
  `${head}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee the file\n--b\nContent-Type: application/octet-stream; name="${name}"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(content).toString('base64')}\n--b--\n`

describe('a hostile mail ends in a record', () => {
  it('100,000 parts', () => {
    const parts = '--b\nContent-Type: text/plain\n\nx\n'.repeat(100_000)
    expect(check(`${head}Content-Type: multipart/mixed; boundary=b\n\n${parts}--b--\n`)).toContain(
      'too-many-parts',
    )
  })

  it('10,000 multiparts inside each other', () => {
    let message = head
    for (let at = 0; at < 10_000; at++)
      message += `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`
    expect(check(message)).toContain('nesting-too-deep')
  })

  it('a header line of 1 MB', () => {
    expect(check(`X-Long: ${'a'.repeat(1024 * 1024)}\n${head}\nbody\n`)).toContain('header-too-long')
    expect(check(`From: ${'"a" <a@b.example>, '.repeat(50_000)}\nSubject: x\n\nbody\n`)).toContain(
      'header-too-long',
    )
  })

  it('HTML of 10,000 links, and elements 100,000 deep', () => {
    const links = Array.from(
      { length: 10_000 },
      (_, at) => `<a href="https://h${at}.example/">link ${at}</a>`,
    )
    expect(check(`${head}Content-Type: text/html\n\n${links.join('\n')}`)).toContain('too-many-links')
    expect(check(`${head}Content-Type: text/html\n\n${'<div>'.repeat(100_000)}`)).toContain('html-too-deep')
  })

  it('a zip bomb, one inside another, and a ZIP of 65,000 files', () => {
    const zeros = zipSync({ 'zeros.bin': new Uint8Array(33 * 1024 * 1024) })
    expect(check(attached('a.zip', zeros))).toContain('archive-too-large')
    expect(check(attached('a.zip', zipSync({ 'b.zip': zeros })))).toContain('archive-too-large')
    const many = zipSync(
      Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`${at}.txt`, new Uint8Array(1)])),
    )
    expect(check(attached('a.zip', many))).toContain('archive-truncated')
  })

  it('text that would make a careless pattern run for hours', () => {
    for (const text of [
      'a '.repeat(200_000),
      'verify your '.repeat(60_000),
      '('.repeat(200_000),
      '\u200b'.repeat(300_000),
    ])
      expect(check(`${head}\n${text}`).filter(code => code === 'analysis-failed')).toEqual([])
  })

  it('attachments and fields that repeat what a pattern repeats', () => {
    // Each of these took minutes at least, the first one longer than the universe has been there.
    const comments = `${'<!---->'.repeat(140)}<html>`
    expect(check(attached('a.pdf', Buffer.from(comments)))).toEqual([])
    expect(check(attached('a.bin', Buffer.from(`<?xml version="1.0"?>${'<!---->'.repeat(140)}`)))).toEqual([])
    const office = (xml: string) =>
      zipSync({ '[Content_Types].xml': Buffer.from('<Types/>'), 'word/document.xml': Buffer.from(xml) })
    for (const xml of ['<'.repeat(3_900_000), '<Relationship TargetMode="External"'.repeat(110_000)])
      expect(check(attached('a.docx', office(xml)))).toEqual([])
    for (const body of ['\n'.repeat(390_000), '\n '.repeat(190_000)])
      expect(check(`${head}\n${body}x`)).toEqual([])
    // Read of a page's words are 120,000 letters: each of these took most of a minute of them.
    for (const letter of ['_', ','])
      expect(check(`${head}Content-Type: text/html\n\n<p>${letter.repeat(390_000)}`)).toEqual([])
    const styled = `<p style="font-size:0${' '.repeat(900_000)}x">hello</p>`
    expect(check(`${head}Content-Type: text/html\n\n${styled}`)).toEqual([])
    const hop = `Received: from a${' '.repeat(30_000)}x;${'('.repeat(30_000)}\n`
    expect(check(`${hop.repeat(8)}${head}\nbody`)).toEqual([])
    const link = `<a href="https://a.example/${'a'.repeat(900_000)}">x</a>`
    expect(check(`${head}Content-Type: text/html\n\n${link}`)).toEqual([])
  })

  it('an Office file of many large parts is read up to the limit of archives', () => {
    const part = Buffer.alloc(4 * 1024 * 1024, 'a')
    const parts = Array.from({ length: 12 }, (_, at) => [`xl/externalLinks/externalLink${at}.xml`, part])
    const file = zipSync({ '[Content_Types].xml': Buffer.from('<Types/>'), ...Object.fromEntries(parts) })
    expect(check(attached('a.xlsx', file))).toContain('archive-too-large')
  })

  it('50 MB stay below 300 MB of memory', () => {
    const script = `
      const { mailAnalyser } = await import(${JSON.stringify(resolve(import.meta.dirname, 'analyse-mail.ts'))})
      const head = ${JSON.stringify(head)} + 'Content-Type: multipart/mixed; boundary=b\\n\\n--b\\n\\nsee the file\\n--b\\nContent-Type: application/pdf; name=a.pdf\\nContent-Transfer-Encoding: base64\\n\\n'
      const message = Buffer.alloc(50 * 1024 * 1024, 'QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\\n')
      message.write(head, 0)
      const report = mailAnalyser({ domains: [], people: [], brands: [], receivers: [] })(message, 'x', 0)
      console.log(JSON.stringify({ codes: report.problems.map(each => each.code), megabytes: process.resourceUsage().maxRSS / 1024 }))`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    const { codes, megabytes } = JSON.parse(
      run.stdout || `{"codes":["${run.stderr.slice(0, 200)}"],"megabytes":9999}`,
    )
    expect(codes).toContain('attachment-too-large')
    expect(megabytes).toBeLessThan(300)
  })
})
