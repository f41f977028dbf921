import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addRequest, type EndpointHost, endpointHost, type RunOptions } from './endpoint-host.ts'

// The antivirus test file's string, put together here so that no scanner takes this source for it.
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('')
const rules = `rule eicar_test : test malware { meta: description = "EICAR" strings: $a = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE" condition: $a at 28 and filesize < 200 }
rule mentions_php : web { strings: $p = "<?php" $e = "eval(" condition: all of them }
`

const here = existsSync('/usr/bin/yara') || existsSync('/usr/local/bin/yara')
if (!here) console.warn('SKIPPED: yara is not on this machine; the endpoint scan script is not tested')

describe.skipIf(!here)('the scan on the endpoint', () => {
  let host: EndpointHost
  beforeEach(() => {
    host = endpointHost()
    writeFileSync(join(host.ossec, 'etc/tocsin/rules.yar'), rules)
  })
  afterEach(() => host.close())

  const scan = (alert: unknown, options: RunOptions = {}) =>
    host.run('tocsin-yara', addRequest(alert), { reports: 1, ...options })
  const fim = (path: string) => ({
    syscheck: { path, event: 'added' },
    full_log: `{"syscheck":{"path":"/other"}} File '${path}' added`,
  })

  it('reports each rule that matches, with the hash of what was scanned', async () => {
    const path = join(host.files, 'a b\n"c" $(id).txt')
    writeFileSync(path, eicar)
    const [report] = await scan(fim(path))
    expect(report).toMatchObject({
      event: 'yara_match',
      rule: 'eicar_test',
      tags: 'test,malware',
      strings: '$a',
      path,
      sha256: createHash('sha256').update(eicar).digest('hex'),
      size: '68',
      trigger: 'syscheck',
    })
    expect(Buffer.from(report?.path_base64 ?? '', 'base64').toString()).toBe(path)
    expect(readFileSync(path, 'utf8')).toBe(eicar)
  })

  it('says that a look-alike is clean, and takes the file of an execution that auditd saw', async () => {
    const path = join(host.files, 'notes.txt')
    writeFileSync(path, `We test with ${eicar.slice(28)} each month.`)
    expect((await scan({ data: { audit: { exe: path } } }))[0]).toMatchObject({
      event: 'yara_clean',
      trigger: 'data',
    })
  })

  it('follows no link and says why it did not scan', async () => {
    const path = join(host.files, 'link')
    symlinkSync('/etc/passwd', path)
    expect((await scan(fim(path)))[0]).toMatchObject({
      event: 'yara_skipped',
      detail: 'it is a symbolic link',
    })
    expect((await scan(fim(join(host.files, 'missing'))))[0]).toMatchObject({ event: 'yara_skipped' })
    expect((await scan({ rule: {} }))[0]).toMatchObject({
      event: 'yara_skipped',
      detail: 'the alert names no file',
    })
  })

  it('leaves alone what is too large or still growing', async () => {
    const path = join(host.files, 'large')
    writeFileSync(path, 'x')
    truncateSync(path, 300 * 1024 ** 2)
    expect((await scan(fim(path)))[0]).toMatchObject({
      detail: expect.stringContaining('more than the limit'),
    })
    const growing = join(host.files, 'growing')
    writeFileSync(growing, 'x')
    const timer = setInterval(() => appendFileSync(growing, 'x'), 100)
    const [report] = await scan(fim(growing), { env: { TOCSIN_SCAN_SETTLE_SECONDS: '2' } })
    clearInterval(timer)
    expect(report).toMatchObject({ detail: 'it was still growing' })
  })

  it('returns at once: execd waits for its scripts', async () => {
    const path = join(host.files, 'later')
    writeFileSync(path, 'x')
    const reports = await host.run('tocsin-yara', addRequest(fim(path)), {
      env: { TOCSIN_SCAN_SETTLE_SECONDS: '5' },
    })
    expect(reports).toEqual([])
  })

  it('takes new rules only with a valid signature, and keeps the old ones otherwise', async () => {
    const key = join(host.ossec, 'key.pem')
    const shared = join(host.ossec, 'etc/shared/tocsin-rules.yar')
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key])
    execFileSync(
      'openssl',
      ['ec', '-in', key, '-pubout', '-out', join(host.ossec, 'etc/tocsin/rules-key.pem')],
      { stdio: 'ignore' },
    )
    const path = join(host.files, 'x.php')
    writeFileSync(path, '<?php eval($x); new-marker')
    const newRules = 'rule newer { strings: $m = "new-marker" condition: $m }'
    writeFileSync(shared, newRules)
    writeFileSync(`${shared}.sig`, 'forged')
    expect((await scan(fim(path), { reports: 2 })).map(report => report.rule ?? report.event)).toEqual([
      'rules_refused',
      'mentions_php',
    ])
    execFileSync('openssl', ['dgst', '-sha256', '-sign', key, '-out', `${shared}.sig`, shared])
    expect((await scan(fim(path), { reports: 2 })).map(report => report.rule ?? report.event)).toEqual([
      'rules_installed',
      'newer',
    ])
  })
})
