import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, startTestServer, type TestServer } from '../../test/support/test-server.ts'
import type { PackAdded, PackDetail, PackVersion, YaraScan } from '../http/contract-yara.ts'
import { sessionRoutes } from '../http/routes/session-routes.ts'
import { yaraRoutes } from '../http/routes/yara-routes.ts'
import { openScanner, type Scanner } from './scanner.ts'

let server: TestServer
let scanner: Scanner
let [viewer, analyst, responder]: Person[] = []

beforeAll(async () => {
  scanner = openScanner({ timeoutMs: 10_000, memoryBytes: 1024 ** 3 })
  server = await startTestServer(accounts => [
    ...sessionRoutes(accounts, false, 1000),
    ...yaraRoutes({ ports: { ...accounts, scanner }, tenant: 'default' }),
  ])
  viewer = await server.signIn('viewer')
  analyst = await server.signIn('analyst')
  responder = await server.signIn('responder')
})
afterAll(async () => {
  await server.close()
  scanner.close()
})

const add = async (
  name: string,
  source: string,
  person = analyst,
): Promise<PackAdded & { status: number }> => {
  const response = await (person as Person).call('POST', '/api/yara/packs', { name, source })
  return { status: response.statusCode, ...response.json() }
}
const activate = async (name: string, version: number, person = responder, state = 'active') =>
  (await (person as Person).call('POST', `/api/yara/packs/${name}/${version}/state`, { state })).statusCode
const detail = async (name: string, version: number): Promise<PackDetail> =>
  (await (viewer as Person).call('GET', `/api/yara/packs/${name}/${version}`)).json()
const packs = async (): Promise<PackVersion[]> =>
  (await (viewer as Person).call('GET', '/api/yara/packs')).json().packs

async function scan(name: string, bytes: Buffer, query = ''): Promise<{ status: number; scan: YaraScan }> {
  const person = analyst as Person
  const response = await server.app.inject({
    method: 'POST',
    url: `/api/yara/scans?name=${encodeURIComponent(name)}${query}`,
    headers: {
      cookie: person.cookie,
      'x-csrf-token': person.csrfToken,
      'content-type': 'application/octet-stream',
    },
    payload: bytes,
  })
  return { status: response.statusCode, scan: response.json().scan }
}

const shell = (mark: string) => `rule web_shell : php shell {
  meta:
    author = "tests"
    score = 80
    mitre = "T1505.003"
  strings:
    $m = "${mark}"
    $eval = "eval("
  condition:
    $m and $eval
}`

describe('rule packs', () => {
  it('keep nothing that does not compile, and say what is wrong at its line', async () => {
    const broken = await add('shells', 'rule a {\n  strings:\n    $x = /foo{/\n  condition: $x\n}')
    expect(broken).toMatchObject({ status: 200, version: null })
    expect(broken.findings).toMatchObject([{ line: 3, column: 14, severity: 'error' }])
    expect((await add('shells', 'include "/etc/passwd"')).version).toBeNull()
    expect((await add('shells', '// nothing')).findings[0]?.code).toBe('no-rules')
    expect((await add('Not A Name', shell('x'))).status).toBe(400)
    expect((await add('shells', shell('x'), viewer)).status).toBe(403)
    expect(await packs()).toEqual([])
  })

  it('have versions, one of which scans use', async () => {
    expect((await scan('a.php', Buffer.from('x'))).status).toBe(409)
    expect((await add('shells', shell('first-mark'))).version).toBe(1)
    expect((await add('shells', shell('second-mark'))).version).toBe(2)
    expect(await activate('shells', 1, analyst)).toBe(403)
    expect(await activate('shells', 1)).toBe(200)
    expect((await scan('a.php', Buffer.from('first-mark eval('))).scan.matches).toHaveLength(1)
    expect(await activate('shells', 2)).toBe(200)
    expect((await scan('a.php', Buffer.from('first-mark eval('))).scan.matches).toHaveLength(0)
    expect((await packs()).map(({ version, state }) => [version, state])).toEqual([
      [2, 'active'],
      [1, 'retired'],
    ])
    expect(await activate('shells', 9)).toBe(404)
    const ledger = await server.accounts.database.query<{ n: number }>(
      `select count(*) as n from ledger where kind = 'config-change' and subject = 'yara-pack/shells'`,
    )
    expect(Number(ledger[0]?.n)).toBe(4)
  })
})

describe('a scan', () => {
  it('says rule, metadata, and each string with its place and its bytes', async () => {
    const bytes = Buffer.concat([Buffer.from([0, 1, 255]), Buffer.from('<?php second-mark eval($_POST[1]);')])
    const { scan: found } = await scan('up\nload "x".php', bytes)
    expect(found).toMatchObject({
      fileName: 'up\nload "x".php',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      packs: ['shells 2'],
      by: { username: 'analyst' },
      problems: [],
    })
    expect(found.matches).toEqual([
      {
        rule: 'web_shell',
        source: 'shells',
        version: 2,
        tags: ['php', 'shell'],
        meta: { author: 'tests', score: 80, mitre: 'T1505.003' },
        stringCount: 2,
        strings: [
          { id: '$m', offset: 9, length: 11, hex: Buffer.from('second-mark').toString('hex') },
          { id: '$eval', offset: 21, length: 5, hex: Buffer.from('eval(').toString('hex') },
        ],
      },
    ])
  })

  it('counts for its rules, and keeps no file', async () => {
    const { pack, rules } = await detail('shells', 2)
    expect(pack.scans).toBe(2)
    expect(rules).toMatchObject([{ name: 'web_shell', matches: 1, line: 1 }])
    const listed: { scans: YaraScan[] } = (await (viewer as Person).call('GET', '/api/yara/scans')).json()
    expect(listed.scans[0]?.fileName).toBe('up\nload "x".php')
    const columns = await server.accounts.database.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = 'yara_scans' and data_type = 'bytea'`,
    )
    expect(columns).toEqual([])
  })

  it('uses only the packs that were chosen', async () => {
    await add('other', 'rule any_file { condition: true }')
    await activate('other', 1)
    expect((await scan('a', Buffer.from('x'), '&packs=other')).scan.matches.map(each => each.rule)).toEqual([
      'any_file',
    ])
    expect((await scan('a', Buffer.from('x'), '&packs=shells')).scan.matches).toEqual([])
    expect((await scan('a', Buffer.from('x'))).scan.packs).toEqual(['other 1', 'shells 2'])
  })

  it('that takes too long is stopped, says so, counts for nothing, and the next one works', async () => {
    const slow =
      'rule slow { condition: filesize > 10 and for all i in (0..20000000000) : ( uint8(i % filesize) < 300 and i >= 0 ) }'
    await add('slow', slow)
    await activate('slow', 1)
    const stopped = await scan('a', Buffer.alloc(64), '&packs=slow')
    expect(stopped.scan.problems).toMatchObject([{ code: 'timed-out' }])
    expect((await detail('slow', 1)).pack.scans).toBe(0)
    await activate('slow', 1, responder, 'retired')
    expect((await scan('a', Buffer.from('x'), '&packs=other')).scan.matches).toHaveLength(1)
  })
})
