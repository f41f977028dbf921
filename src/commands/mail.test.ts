import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'
import { mailVerdicts } from '../domain/mail.ts'

const message = (subject: string) =>
  `From: Ann <ann@partner.example>\nTo: b@acme.example\nSubject: ${subject}\nMessage-ID: <${subject}@partner.example>\n\nHello, see you on Monday.\n`
const separator = 'From ann@partner.example Mon Nov  9 10:00:00 2026\n'
let folder = ''

const check = (args: readonly string[], stdin = '') => runCommand(['mail', ...args, '--json'], stdin)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-mail-'))
  await writeFile(join(folder, 'a.eml'), message('one'))
  await writeFile(
    join(folder, 'b.mbox'),
    `${separator}${message('two')}\n${separator}${message('three')}\nFrom here on it is text.\n`,
  )
  await mkdir(join(folder, 'sub'))
  await writeFile(join(folder, 'sub', 'c.eml.gz'), gzipSync(message('four')))
  await writeFile(join(folder, 'sub', 'empty.eml'), '')
})
afterAll(() => rm(folder, { recursive: true }))

describe('tocsin mail', () => {
  it('gives one record per message of files, mailboxes and folders', async () => {
    const { code, records } = await check([folder])
    expect(code).toBe(0)
    expect(
      records.map(record => [record.file.slice(folder.length + 1), record.index, record.message_id]),
    ).toEqual([
      ['a.eml', 0, 'one@partner.example'],
      ['b.mbox', 0, 'two@partner.example'],
      ['b.mbox', 1, 'three@partner.example'],
      [join('sub', 'c.eml.gz'), 0, 'four@partner.example'],
      [join('sub', 'empty.eml'), 0, null],
    ])
    for (const record of records) {
      expect(Object.keys(record)).toEqual([
        'file',
        'index',
        'message_id',
        'verdict',
        'probability',
        'signals',
        'indicators',
        'campaign',
        'problems',
      ])
      expect(mailVerdicts).toContain(record.verdict)
      expect(record.probability).toBeGreaterThanOrEqual(0)
      expect(record.probability).toBeLessThanOrEqual(1)
    }
  })

  it('reads standard input', async () => {
    const { records } = await check(['-'], message('stdin'))
    expect(records[0].message_id).toBe('stdin@partner.example')
  })

  it('takes what an organisation knows about itself', async () => {
    const org = join(folder, 'sub', 'org.json')
    await writeFile(
      org,
      JSON.stringify({
        domains: ['acme.example'],
        people: ['Ann Weber', { name: 'Bo Li', email: 'bo@acme.example' }],
        brands: ['Acme'],
      }),
    )
    const spoof = join(folder, 'sub', 'spoof.eml')
    await writeFile(
      spoof,
      message('x').replace('Ann <ann@partner.example>', 'Bo Li <bo.li.office@gmail.com>'),
    )
    const { records } = await check([spoof, '--org', org])
    expect(records[0].signals.map((signal: { id: string }) => signal.id)).toContain('person-impersonated')
    await rm(org)
    await rm(spoof)
  })

  it('scans every part with YARA rules, decoded and unpacked, and names rules that do not compile', async () => {
    const rules = await mkdtemp(join(tmpdir(), 'tocsin-mail-yara-'))
    await writeFile(join(rules, 'marker.yar'), 'rule Marker { strings: $a = "the marker" condition: $a }')
    await writeFile(join(rules, 'broken.yar'), 'rule Broken {')
    const zip = Buffer.from(zipSync({ 'notes.txt': Buffer.from('here is the marker') })).toString('base64')
    const file = join(rules, 'armed.eml')
    await writeFile(
      file,
      `From: a@b.example\nSubject: notes\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee the notes\n--b\nContent-Type: application/zip; name=n.zip\nContent-Transfer-Encoding: base64\n\n${zip}\n--b--\n`,
    )
    const { records, stderr } = await check([file, join(folder, 'a.eml'), '--yara', rules])
    expect(records[0]).toMatchObject({ verdict: 'malware', problems: [] })
    expect(records[0].signals[0].text).toContain('matches the YARA rule Marker')
    expect(records[1].signals.map((signal: { id: string }) => signal.id)).not.toContain('yara-match')
    expect(stderr).toContain('broken.yar')
    await rm(rules, { recursive: true })
  })

  it('reports an unreadable file as a record and exits 2, without losing the others', async () => {
    const { code, records } = await check([join(folder, 'missing.eml'), join(folder, 'a.eml')])
    expect(code).toBe(2)
    expect(records.map(record => record.problems.map((entry: { code: string }) => entry.code))).toEqual([
      ['unreadable-input'],
      [],
    ])
    expect((await check([])).code).toBe(2)
  })
})
