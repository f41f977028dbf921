import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/postgres.ts'
import { fixedClock } from '../../lib/clock.ts'
import { randomIds } from '../../lib/ids.ts'
import { readFeedState } from '../../store/intel-feeds.ts'
import { listReports, readReport } from '../../store/intel-reports.ts'
import { feedEntries } from './feed-items.ts'
import { type Feed, parseFeeds } from './feed-settings.ts'
import { readFeedWhenDue } from './run-feeds.ts'

const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>
<item><title>Bear &amp; friends</title><link>https://press.example/bear</link><description>short</description>
<content:encoded><![CDATA[<p>C2: evil-rss[.]com</p><script>bad()</script>]]></content:encoded></item></channel></rss>`
const atom = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><title>Fox in the yard</title><link rel="alternate" href="https://press.example/fox"/><summary>short</summary>
<content type="html">&lt;p&gt;C2: evil-atom[.]com&lt;/p&gt;</content></entry></feed>`
const uuid = '5f3c8f3e-0000-4000-8000-000000000001'

const githubAdvisories = [
  {
    ghsa_id: 'GHSA-aaaa-bbbb-cccc',
    cve_id: 'CVE-2026-11111',
    html_url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
    summary: 'Bear parser runs code',
    description: 'A crafted file runs code.',
    severity: 'critical',
    updated_at: '2026-11-24T09:00:00Z',
    withdrawn_at: null,
    vulnerabilities: [
      {
        package: { ecosystem: 'npm', name: 'bear' },
        vulnerable_version_range: '< 2.0.0',
        first_patched_version: '2.0.0',
      },
    ],
  },
  { ghsa_id: 'GHSA-dddd-eeee-ffff', summary: 'A mistake', withdrawn_at: '2026-11-24T09:00:00Z' },
]
const osvAnswer = {
  vulns: [
    {
      id: 'PYSEC-2026-1',
      aliases: ['CVE-2026-22222'],
      details: 'A bear in the parser.',
      modified: '2026-11-20T00:00:00Z',
      affected: [{ package: { ecosystem: 'PyPI', name: 'bear' } }],
    },
  ],
}

/** Lists that change: the version that is served now. */
let version = 1
const kev = () => ({
  title: 'CISA Catalog of Known Exploited Vulnerabilities',
  catalogVersion: `2026.11.2${version}`,
  vulnerabilities: [
    { cveID: 'CVE-2024-4242', vulnerabilityName: 'Bear Gateway Command Injection' },
    ...(version === 2 ? [{ cveID: 'CVE-2026-4343', vulnerabilityName: 'Bear Mail Traversal' }] : []),
  ],
})
/** As URLhaus writes its CSV: a commented head, every field quoted, CRLF. */
const urlhaus = () =>
  [
    '################################################################',
    '# abuse.ch URLhaus Database Dump (CSV - recent URLs only)      #',
    '################################################################',
    '#',
    '# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter',
    ...[
      ['9001', 'http://198.51.77.20:8080/bins/bear.mips', 'elf,Mozi'],
      version === 1
        ? ['9002', 'https://evil-dropper.com/invoice/fa.zip', 'zip']
        : ['9003', 'https://worse-dropper.com/a/b.js', 'js,"quoted"'],
    ].map(
      ([id, url, tags]) =>
        `"${id}","2026-11-2${version} 08:00:00","${url}","online","","malware_download","${tags?.replaceAll('"', '""')}","https://urlhaus.abuse.ch/url/${id}/","anonymous"`,
    ),
    '',
  ].join('\r\n')

/** Answers as real servers do: conditional requests, TAXII paging, a MISP feed. Anything else is an error. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://x')
  const send = (body: string, headers = {}) => response.writeHead(200, headers).end(body)
  if (url.pathname === '/rss') {
    if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304).end()
    return void send(rss, { etag: '"1"' })
  }
  if (url.pathname === '/atom') return void send(atom, { 'content-type': 'application/atom+xml' })
  if (url.pathname === '/kev.json') return void send(JSON.stringify(kev()))
  if (url.pathname === '/downloads/csv_recent/') {
    const lastModified = new Date(Date.UTC(2026, 10, 20 + version)).toUTCString()
    if (request.headers['if-modified-since'] === lastModified) return void response.writeHead(304).end()
    return void send(urlhaus(), { 'content-type': 'text/csv', 'last-modified': lastModified })
  }
  if (url.pathname === '/root/collections/c1/objects/') {
    if (
      request.headers.accept !== 'application/taxii+json;version=2.1' ||
      request.headers.authorization !== 'Bearer t0ken'
    )
      return void response.writeHead(406).end()
    const after = url.searchParams.get('added_after')
    if (after !== null) return void send(JSON.stringify({ more: false }))
    const [name, rest] = url.searchParams.has('next')
      ? ['two', { more: false }]
      : ['one', { more: true, next: 'n1' }]
    const objects = [
      {
        type: 'indicator',
        id: `indicator--${name}`,
        pattern: `[domain-name:value = 'evil-taxii-${name}.com']`,
      },
    ]
    return void send(JSON.stringify({ ...rest, objects }), {
      'x-taxii-date-added-last': '2026-01-02T00:00:00.000Z',
    })
  }
  if (url.pathname === '/misp/manifest.json')
    return void send(JSON.stringify({ [uuid]: { timestamp: '1700000000' }, '../../etc': { timestamp: 1 } }))
  if (url.pathname === `/misp/${uuid}.json`)
    return void send(
      JSON.stringify({
        Event: { info: 'Bear event', Attribute: [{ type: 'domain', value: 'evil-misp.com' }] },
      }),
    )
  if (url.pathname === '/advisories') {
    if (request.headers['if-modified-since'] === 'Tue, 24 Nov 2026 10:00:00 GMT')
      return void response.writeHead(304).end()
    return void send(JSON.stringify(githubAdvisories), { 'last-modified': 'Tue, 24 Nov 2026 10:00:00 GMT' })
  }
  if (url.pathname === '/osv') return void send(JSON.stringify(osvAnswer))
  if (url.pathname === '/misp-instance/events/restSearch') {
    if (request.method !== 'POST' || request.headers.authorization !== 'misp-key')
      return void response.writeHead(403).end()
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const { timestamp, page, limit } = JSON.parse(body)
      const events = Array.from({ length: 101 }, (_, index) => ({
        Event: {
          uuid: `5f3c8f3e-0000-4000-8000-${String(index).padStart(12, '0')}`,
          timestamp: String(1_700_000_000 + index),
          info: `Event ${index}`,
          Attribute: [{ type: 'domain', value: `evil-api-${index}.com` }],
        },
      })).filter(({ Event }) => Number(Event.timestamp) >= timestamp)
      send(JSON.stringify({ response: events.slice((page - 1) * limit, page * limit) }))
    })
    return
  }
  if (url.pathname === '/elsewhere')
    return void response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  response.writeHead(500).end()
}

describe('feeds', () => {
  const clock = fixedClock(1_770_000_000_000)
  const failures: unknown[] = []
  let test: TestDatabase
  let server: Server
  let base: string
  beforeAll(async () => {
    test = await openTestDatabase()
    server = createServer(answer)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    // `listen` on a port gives an AddressInfo.
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.close()
    await test.close()
  })

  const parts = () => ({
    database: test.database,
    clock,
    ids: randomIds(),
    tenant: 'default',
    ownDomains: [],
    owner: 'me',
    onFailure: (_feed: string, error: unknown) => failures.push(error),
  })
  const feed = (yaml: string): Feed => {
    const [first] = parseFeeds(`feeds:\n  - ${yaml}`, 'feeds.yaml')
    if (first === undefined) throw new Error('no feed')
    return first
  }
  const read = async (each: Feed) => {
    clock.advance(3_600_000 * 48)
    return readFeedWhenDue(parts(), each, new AbortController().signal)
  }
  const values = async () => {
    const rows = await test.database.query<{ value: string }>(
      'select value from intel_indicators order by value',
    )
    return rows.map(({ value }) => value)
  }

  it('RSS: entries become reports, once; an unchanged feed is not sent again', async () => {
    const each = feed(`{id: press, kind: rss, url: "${base}/rss", trust: B}`)
    expect(await read(each)).toBe(1)
    expect(await listReports(test.database, 'default', undefined, 9)).toMatchObject([
      { title: 'Bear & friends', source: 'press', trust: 'B', url: 'https://press.example/bear' },
    ])
    expect(await values()).toEqual(['evil-rss.com'])
    expect(await read(each)).toBe(0)
    expect(await readFeedState(test.database, 'default', 'press')).toMatchObject({ etag: '"1"', failures: 0 })
  })

  it('Atom: entries become reports as those of RSS do', async () => {
    const each = feed(`{id: yard, kind: rss, url: "${base}/atom"}`)
    expect(await read(each)).toBe(1)
    const [newest] = await listReports(test.database, 'default', undefined, 9)
    expect(newest).toMatchObject({
      title: 'Fox in the yard',
      source: 'yard',
      url: 'https://press.example/fox',
    })
    expect(await values()).toContain('evil-atom.com')
    expect(await read(each)).toBe(0)
  })

  it('TAXII 2.1: page by page, then only what was added', async () => {
    const each = feed(
      `{id: taxii, kind: taxii, url: "${base}/root/collections/c1/", authorization: "Bearer t0ken"}`,
    )
    expect(await read(each)).toBe(2)
    expect(await values()).toEqual(expect.arrayContaining(['evil-taxii-one.com', 'evil-taxii-two.com']))
    expect((await readFeedState(test.database, 'default', 'taxii')).place).toBe('2026-01-02T00:00:00.000Z')
    expect(await read(each)).toBe(0)
  })

  it('a MISP feed: new events only, and names that are no UUID are not asked for', async () => {
    const each = feed(`{id: misp, kind: misp, url: "${base}/misp"}`)
    expect(await read(each)).toBe(1)
    expect(await values()).toContain('evil-misp.com')
    expect(await read(each)).toBe(0)
  })

  it('advisories of GitHub and OSV: one report each, none that was withdrawn, nothing twice', async () => {
    const each = feed(`{id: ghsa, kind: advisories, url: "${base}/advisories", trust: A}`)
    expect(await read(each)).toBe(1)
    expect(await read(each)).toBe(0)
    const [report] = await listReports(test.database, 'default', undefined, 1)
    expect(report).toMatchObject({
      title: 'Bear parser runs code',
      url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
      trust: 'A',
    })
    const stored = await readReport(test.database, 'default', report?.id ?? '')
    expect(stored?.text).toContain('Affected: npm bear < 2.0.0')
    const osv = feed(`{id: osv, kind: advisories, url: "${base}/osv"}`)
    expect(await read(osv)).toBe(1)
    expect(await read(osv)).toBe(0)
    expect(await values()).toEqual(expect.arrayContaining(['CVE-2026-11111', 'CVE-2026-22222']))
  })

  it("MISP's API: every page of published events, then only what changed", async () => {
    const each = feed(
      `{id: misp-api, kind: misp-api, url: "${base}/misp-instance", authorization: misp-key, trust: B}`,
    )
    expect(await read(each)).toBe(101)
    expect(await values()).toEqual(expect.arrayContaining(['evil-api-0.com', 'evil-api-100.com']))
    expect(await read(each)).toBe(0)
    expect((await readFeedState(test.database, 'default', 'misp-api')).place).toBe('1700000100')
  })

  it("CISA's KEV: a change adds to the one report and hunts for what is new", async () => {
    version = 1
    const each = feed(`{id: kev, kind: file, url: "${base}/kev.json", trust: A}`)
    expect(await read(each)).toBe(1)
    const ofKev = async () =>
      (await listReports(test.database, 'default', undefined, 999)).filter(({ source }) => source === 'kev')
    expect(await ofKev()).toMatchObject([{ indicatorCount: 1, revisedMs: null }])
    version = 2
    expect(await read(each)).toBe(1)
    expect(await read(each)).toBe(0)
    const [report, ...others] = await ofKev()
    expect(others).toEqual([])
    expect(report).toMatchObject({ indicatorCount: 2, revisedMs: expect.any(Number) })
    expect(await readReport(test.database, 'default', report?.id ?? '')).toMatchObject({
      revision: { added: [['cve', 'CVE-2026-4343']], removed: [], addedCount: 1, removedCount: 0 },
      text: expect.stringContaining('Bear Mail Traversal'),
    })
    const hunts = await test.database.query('select id from intel_hunts where report_id = $1', [report?.id])
    expect(hunts).toHaveLength(2)
    expect(await values()).toEqual(expect.arrayContaining(['CVE-2024-4242', 'CVE-2026-4343']))
  })

  it("abuse.ch's CSV: quoted rows, unchanged not sent again, what left the list is withdrawn", async () => {
    version = 1
    const each = feed(`{id: urlhaus, kind: file, url: "${base}/downloads/csv_recent/", trust: B}`)
    expect(await read(each)).toBe(1)
    const first = await values()
    expect(first).toEqual(
      expect.arrayContaining([
        'http://198.51.77.20:8080/bins/bear.mips',
        'https://evil-dropper.com/invoice/fa.zip',
      ]),
    )
    // The address under which abuse.ch describes an entry is no indicator.
    expect(first.filter(value => value.includes('abuse.ch'))).toEqual([])
    expect(await read(each)).toBe(0)
    version = 2
    expect(await read(each)).toBe(1)
    const then = await values()
    expect(then).toEqual(
      expect.arrayContaining(['http://198.51.77.20:8080/bins/bear.mips', 'https://worse-dropper.com/a/b.js']),
    )
    expect(then).not.toContain('https://evil-dropper.com/invoice/fa.zip')
    const reports = await listReports(test.database, 'default', undefined, 999)
    expect(reports.filter(({ source }) => source === 'urlhaus')).toHaveLength(1)
  })

  it('a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-feed-'))
    writeFileSync(join(folder, 'note.txt'), 'Note: evil-folder[.]com')
    writeFileSync(join(folder, '.half'), 'evil-half[.]com')
    const each = feed(`{id: drop, kind: folder, path: "${folder}"}`)
    expect(await read(each)).toBe(1)
    expect(await read(each)).toBe(0)
    expect(await values()).toEqual(expect.arrayContaining(['evil-folder.com']))
    expect(await values()).not.toContain('evil-half.com')
    rmSync(folder, { recursive: true })
  })

  it('a failing feed backs off, says why, and follows no redirect', async () => {
    const each = feed(`{id: moved, kind: file, url: "${base}/elsewhere"}`)
    expect(await read(each)).toBe(0)
    const first = await readFeedState(test.database, 'default', 'moved')
    expect(first).toMatchObject({ failures: 1, lastError: expect.stringContaining('redirect') })
    expect(await readFeedWhenDue(parts(), each, new AbortController().signal)).toBe(0)
    expect((await readFeedState(test.database, 'default', 'moved')).failures).toBe(1)
    await read(each)
    const second = await readFeedState(test.database, 'default', 'moved')
    expect(second.nextMs - clock.now()).toBe(2 * 3_600_000)
    expect(failures).toHaveLength(2)
  })

  it('a report from a feed keeps no script', async () => {
    const [report] = (await listReports(test.database, 'default', undefined, 999)).filter(
      ({ source }) => source === 'press',
    )
    const stored = await readReport(test.database, 'default', report?.id ?? '')
    expect(stored?.text).not.toContain('bad()')
  })
})

it('settings that are wrong are named', () => {
  expect(() => parseFeeds('feeds: [{id: x, kind: rss}]', 'feeds.yaml')).toThrow(/feeds\.0\.url/)
  expect(() =>
    parseFeeds('feeds: [{id: x, kind: folder, path: a}, {id: x, kind: folder, path: b}]', 'f'),
  ).toThrow(/two feeds/)
})

it('entities of a feed do not multiply, and what never closes is refused', () => {
  const names = [...'abcdefghij']
  const declared = names.map((name, at) => {
    const value = at === 0 ? 'x'.repeat(10) : `&${names[at - 1]};`.repeat(10)
    return `<!ENTITY ${name} "${value}">`
  })
  const bomb = `<!DOCTYPE r [${declared.join('')}]><rss><channel><item><title>&j;</title></item></channel></rss>`
  for (const { bytes } of feedEntries(bomb)) expect(bytes.length).toBeLessThan(10_000)
  for (const unit of ['<item>', '<![CDATA[', '<!--', '<item '])
    expect(() => feedEntries(`<rss><channel>${unit.repeat(50_000)}`)).toThrow()
})
