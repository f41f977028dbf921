import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { runCommand } from '../../test/support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-intel-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const run = (args: readonly string[], stdin = '') => runCommand(['intel', ...args], stdin)

describe('tocsin intel', () => {
  it('gives one record per file, of the documented shape', async () => {
    mkdirSync(join(folder, 'reports'))
    file('reports/a.txt', 'Title line\nTLP:GREEN\nC2: evil-a[.]com uses rundll32')
    file('reports/b.txt.gz', gzipSync('nothing here'))
    const { code, records } = await run([join(folder, 'reports'), '--json'])
    expect(code).toBe(0)
    const [a, b] = records
    expect(Object.keys(a)).toEqual(
      expect.arrayContaining(['file', 'title', 'tlp', 'indicators', 'techniques', 'dropped', 'problems']),
    )
    expect(a).toMatchObject({
      file: join(folder, 'reports/a.txt'),
      title: 'Title line',
      tlp: 'TLP:GREEN',
      indicators: [{ type: 'domain', value: 'evil-a.com', defanged: true, offset: 25 }],
    })
    expect(a.techniques[0]).toMatchObject({ id: 'T1218.011', quotes: ['C2: evil-a[.]com uses rundll32'] })
    expect(b).toMatchObject({ indicators: [], problems: [] })
  })

  it('reads standard input, and our own domains are dropped', async () => {
    const { records } = await run(['-', '--own', 'ours.com', '--json'], 'C2: www.ours[.]com')
    expect(records).toMatchObject([
      { indicators: [], dropped: [{ value: 'www.ours.com', reason: 'one of our own domains' }] },
    ])
  })

  it('exits 2 for bad usage and for what cannot be read, and still reports the rest', async () => {
    expect((await run([])).code).toBe(2)
    const good = file('good.txt', 'evil-good[.]com')
    const { code, records } = await run([join(folder, 'missing.txt'), good, '--json'])
    expect(code).toBe(2)
    expect(records).toMatchObject([
      { problems: [{ code: 'unreadable-input' }] },
      { indicators: [{ value: 'evil-good.com' }] },
    ])
  })

  it('knows the techniques of what was imported into the data directory', async () => {
    const data = join(folder, 'data')
    const bundle = file('ics-attack.json', JSON.stringify(icsBundle))
    expect((await runCommand(['knowledge', 'import', bundle, '--data', data])).code).toBe(0)
    const said = 'It switched breakers (T0831).'
    const first = async (where: string) => {
      const { records } = await run(['-', '--data', where, '--json'], said)
      return records[0].techniques[0]
    }
    expect(await first(data)).toMatchObject({
      id: 'T0831',
      name: 'Manipulation of Control',
      quotes: [said],
    })
    expect((await first(join(folder, 'nothing')))?.id).not.toBe('T0831')
  })

  it('sends no control character of a report to the terminal', async () => {
    const { stdout } = await run([file('esc.txt', '\u001b]0;owned\u0007 title\nevil-esc[.]com')])
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })
})
