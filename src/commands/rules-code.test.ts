import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'

// Detections as code, in a real git repository. The server is one of a few lines that hands out drafts and takes them.

const root = mkdtempSync(join(tmpdir(), 'tocsin-code-'))
const repository = join(root, 'detections')
const ruleset = join(root, 'ruleset')

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}

const git = (...args: string[]) =>
  execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    encoding: 'utf8',
  })

const run = (...args: string[]) => runCommand(['rules', ...args])

const wazuhRule = (match: string, id = 100_100) =>
  `<group name="local,">\n  <rule id="${id}" level="8">\n    <if_sid>50</if_sid>\n    <match>${match}</match>\n    <description>Denied</description>\n    <mitre>\n      <id>T1110</id>\n    </mitre>\n  </rule>\n</group>\n`
const cases = [
  { log: 'Jan  7 12:00:00 host app[1]: access denied', fires: true },
  { log: 'Jan  7 12:00:00 host app[1]: access granted', fires: false },
]
const drafts = [
  {
    kind: 'wazuh',
    title: 'Denied',
    fileName: 'tocsin_denied_1.xml',
    text: wazuhRule('denied'),
    state: 'deployed',
    cases,
  },
  {
    kind: 'yara',
    title: 'Draft',
    fileName: 'tocsin_draft_2.yar',
    text: 'rule a {}',
    state: 'draft',
    cases: [],
  },
]
const taken: unknown[] = []
let server: Server
let url: string

beforeAll(async () => {
  write(
    join(ruleset, 'rules', '0.xml'),
    '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule><rule id="50" level="3"><decoded_as>app</decoded_as><description>app</description></rule></group>',
  )
  write(
    join(ruleset, 'decoders', '0.xml'),
    '<decoder name="app"><program_name>^app$</program_name></decoder>',
  )
  mkdirSync(repository)
  git('init', '--quiet', '--initial-branch=main')
  git('config', 'user.name', 't')
  git('config', 'user.email', 't@example.org')
  server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      if (request.headers.authorization !== 'Bearer toc_secret') {
        response.writeHead(401).end('{"error":{"message":"sign in"}}')
        return
      }
      if (request.method === 'POST') taken.push(JSON.parse(body))
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ drafts }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // A server that listens on TCP has one.
  process.env.TOCSIN_API_TOKEN = 'toc_secret'
})
afterAll(() => {
  delete process.env.TOCSIN_API_TOKEN
  server.close()
  rmSync(root, { recursive: true, force: true })
})

describe('detections as code', () => {
  it('exports what is deployed as a commit, once', async () => {
    const { code } = await run('export', repository, '--server', url, '--commit', 'Rules of today')
    expect(code).toBe(0)
    expect(git('log', '--format=%s')).toBe('Rules of today\n')
    expect(git('ls-files')).toBe('tests/tocsin_denied_1.json\nwazuh/tocsin_denied_1.xml\n')
    expect(readFileSync(join(repository, 'wazuh/tocsin_denied_1.xml'), 'utf8')).toBe(wazuhRule('denied'))
    const again = await run('export', repository, '--server', url, '--commit', 'Again')
    expect(again.stderr).toContain('nothing has changed')
    expect(git('log', '--format=%s')).toBe('Rules of today\n')
  })

  it('takes away what is no longer deployed, and leaves files of other names', async () => {
    write(join(repository, 'wazuh', 'local_rules.xml'), wazuhRule('other', 100_200))
    write(join(repository, 'wazuh', 'tocsin_gone_3.xml'), wazuhRule('gone', 100_300))
    await run('export', repository, '--server', url)
    expect(git('status', '--porcelain')).toBe('?? wazuh/local_rules.xml\n')
  })

  it('passes in CI what is as wanted, and fails what is not', async () => {
    const good = await run('ci', repository, '--ruleset', ruleset, '--json')
    expect(good.records).toMatchObject([
      { file: 'wazuh/local_rules.xml', ok: true, cases: 0, problems: [{ code: 'no-tests' }] },
      { file: 'wazuh/tocsin_denied_1.xml', ok: true, cases: 2, passed: 2 },
    ])
    expect(good.code).toBe(0)
    write(join(repository, 'wazuh', 'tocsin_denied_1.xml'), wazuhRule('granted'))
    write(join(repository, 'sigma', 'bad.yml'), 'title: x\n')
    write(
      join(repository, 'yara', 'shell.yar'),
      'rule Shell { meta: description = "d" author = "a" date = "2026-01-07" reference = "r" strings: $a = "telling string" condition: filesize < 1MB and $a }',
    )
    write(join(repository, 'tests', 'shell.json'), '{"samples": [{"file": "shell.bin", "must_match": true}]}')
    write(join(repository, 'tests', 'shell.bin'), 'a telling string')
    const bad = await run('ci', repository, '--ruleset', ruleset, '--since', 'HEAD', '--json')
    expect(bad.code).toBe(1)
    expect(bad.records).toMatchObject([
      { file: 'wazuh/local_rules.xml', ok: true },
      { file: 'wazuh/tocsin_denied_1.xml', ok: false, passed: 0 },
      { file: 'sigma/bad.yml', ok: false },
      { file: 'yara/shell.yar', ok: true, passed: 1 },
    ])
    const clean = join(root, 'clean')
    write(join(clean, 'file'), 'a telling string of an ordinary program')
    const noisy = await run(
      'ci',
      repository,
      '--ruleset',
      ruleset,
      '--corpus',
      clean,
      '--since',
      'HEAD',
      '--json',
    )
    expect(noisy.records.at(-1)).toMatchObject({ ok: false, problems: [{ code: 'false-positive' }] })
  })

  it('says that an id is taken', async () => {
    write(join(repository, 'wazuh', 'local_rules.xml'), wazuhRule('other', 100_100))
    const { records } = await run('ci', repository, '--ruleset', ruleset, '--json')
    expect(JSON.stringify(records)).toContain('the id is taken')
  })

  it('imports only what differs from a commit, as drafts', async () => {
    rmSync(join(repository, 'sigma', 'bad.yml'))
    git('add', '--all')
    git('commit', '--quiet', '-m', 'All')
    write(join(repository, 'wazuh', 'local_rules.xml'), wazuhRule('fresh', 100_200))
    const { code, records } = await run('import', repository, '--server', url, '--since', 'HEAD', '--json')
    expect(code).toBe(0)
    expect(records).toMatchObject([{ file: 'wazuh/local_rules.xml', imported: true }])
    expect(taken).toEqual([
      { kind: 'wazuh', title: 'local_rules', text: wazuhRule('fresh', 100_200), cases: [] },
    ])
  })

  it.each([
    [['ci', '/nowhere']],
    [['ci']],
    [['export', repository]],
    [['ci', repository]],
    [['ci', repository, '--ruleset', ruleset, '--since', '--upload-pack=x']],
  ])('refuses %j with 2', async args => {
    expect((await run(...args)).code).toBe(2)
  })
})
