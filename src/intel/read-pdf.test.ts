import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readPdf } from './read-pdf.ts'

const twice = (content: Uint8Array) => deflateSync(deflateSync(content, { level: 1 }))
const text = Buffer.from('BT /F1 12 Tf 72 700 Td (C2: evil-big[.]com) Tj ET')

/** A PDF of one page. `filter` says how its content stream is packed; `padding` is a stream that no page uses. */
function onePage(content: Uint8Array, filter = '', padding = new Uint8Array()): Uint8Array {
  const stream = (dictionary: string, bytes: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`<< /Length ${bytes.length} ${dictionary} >>\nstream\n`),
      bytes,
      Buffer.from('\nendstream'),
    ])
  const font = '<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>'
  const bodies = [
    '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources ${font} /Contents 4 0 R >>`,
    stream(filter, content),
    stream('', padding),
  ]
  const parts = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let at = parts[0]?.length ?? 0
  for (const [index, body] of bodies.entries()) {
    offsets.push(at)
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(body),
      Buffer.from('\nendobj\n'),
    ])
    parts.push(part)
    at += part.length
  }
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}

const packedTwice = '/Filter [/FlateDecode /FlateDecode]'
const problemsOf = async (bytes: Uint8Array, timeoutMs?: number) =>
  (await readPdf(bytes, undefined, timeoutMs)).problems.map(({ message }) => message)

it('keeps the columns of a table apart and its rows together', async () => {
  const rows = ['(evil-one[.]com) Tj 250 0 Td (C2) Tj', '(evil-two[.]com) Tj 250 0 Td (delivery) Tj']
  const lines = rows.map((row, index) => `BT /F1 12 Tf 72 ${700 - 20 * index} Td ${row} ET`)
  const { text: read, problems } = await readPdf(onePage(Buffer.from(lines.join('\n'))))
  expect(problems).toEqual([])
  expect(read).toBe('evil-one[.]com\tC2\nevil-two[.]com\tdelivery')
})

describe('large and hostile PDFs', () => {
  it('one of nearly 300 MB is read, a larger one is refused by name', async () => {
    const mebibyte = 1024 * 1024
    const large = await readPdf(onePage(text, '', Buffer.alloc(299 * mebibyte, 'A')))
    expect(large).toMatchObject({ text: 'C2: evil-big[.]com', problems: [] })
    expect(await problemsOf(new Uint8Array(301 * mebibyte))).toEqual([
      'the file is larger than 314572800 bytes',
    ])
  })

  it('a page that unpacks to more than there is memory takes down its reader only', async () => {
    const bomb = onePage(twice(new Uint8Array(1_300_000_000)), packedTwice)
    expect(bomb.length).toBeLessThan(100_000)
    expect(await problemsOf(bomb, 200_000)).toEqual([expect.stringMatching(/memory|ended early/)])
  })

  it('a page that never comes to an end is left', async () => {
    const endless = onePage(twice(Buffer.from('BT (x) Tj 0 -12 Td ET\n'.repeat(2_000_000))), packedTwice)
    expect(await problemsOf(endless, 2_000)).toEqual(['it was still running after 2000 ms and was stopped'])
  })

  it('stops when it is told to', async () => {
    const endless = onePage(twice(Buffer.from('BT (x) Tj 0 -12 Td ET\n'.repeat(2_000_000))), packedTwice)
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 500)
    await expect(readPdf(endless, stop.signal)).rejects.toThrow('enough')
  })
})
