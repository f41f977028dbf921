import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../../test/support/wazuh-server.ts'
import { fixedClock } from '../lib/clock.ts'
import { createEgressFetch, type EgressClient } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import { openManagerLogtest, openRuleFiles } from './rule-files.ts'
import { openWazuhApi, type WazuhApi } from './server-api.ts'

let wazuh: WazuhStandIn
let egress: EgressClient
let api: WazuhApi
const signal = AbortSignal.timeout(300_000)
const name = 'tocsin_draft_1.xml'
const rules = '<group name="local,"><rule id="100001" level="5"><description>d</description></rule></group>'

beforeEach(async () => {
  wazuh = await startWazuhServer([])
  egress = createEgressFetch({
    rules: [{ host: '127.0.0.1', port: Number(new URL(wazuh.url).port), addresses: ['127.0.0.1'] }],
  })
  api = openWazuhApi({
    baseUrl: wazuh.url,
    username: standInUser.username,
    password: new Secret(standInUser.password),
    fetch: egress.fetch,
    clock: fixedClock(1_800_000_000_000),
    timeoutMs: 60_000,
  })
})
afterEach(async () => {
  await egress.close()
  await wazuh.close()
})

describe('rule files on the manager', () => {
  it('are read, written over, validated, reloaded and removed', async () => {
    const files = openRuleFiles(api)
    expect(await files.read(name, signal)).toBeUndefined()
    await files.write(name, rules, signal)
    await files.write(name, `${rules}\n`, signal)
    expect(await files.read(name, signal)).toBe(`${rules}\n`)
    expect(await files.validate(signal)).toEqual({ ok: true, details: '' })
    await files.restart(signal)
    expect(await files.isHealthy(signal)).toBe(true)
    await files.remove(name, signal)
    expect(await files.read(name, signal)).toBeUndefined()
    expect(wazuh.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PUT /rules/files/${name}`,
      `PUT /rules/files/${name}`,
      'PUT /manager/analysisd/reload',
      `DELETE /rules/files/${name}`,
    ])
    expect(wazuh.calls[0]?.query).toEqual({ overwrite: 'true', relative_dirname: 'etc/rules' })
  })

  it('say what Wazuh refused', async () => {
    const files = openRuleFiles(api)
    await expect(files.write(name, 'no rules', signal)).rejects.toThrow('XML syntax error')
    wazuh.faults.push({ kind: 'status', status: 403, title: 'Permission denied', code: 4000 })
    await expect(files.read(name, signal)).rejects.toThrow('Permission denied')
    wazuh.faults.push({ kind: 'status', status: 500, title: 'Internal', code: 1000 })
    expect(await files.validate(signal)).toMatchObject({ ok: false, details: 'Internal' })
  })

  it('are tried in the manager’s own logtest, in one session that is ended', async () => {
    const verdicts = await openManagerLogtest(api)(['bad', 'fine'], '/var/log/x', signal)
    expect(verdicts).toEqual([
      { ruleId: '100001', level: 5, decoder: 'app', alert: true },
      { ruleId: undefined, level: undefined, decoder: undefined, alert: false },
    ])
    expect(wazuh.calls.at(-1)?.path).toBe('/logtest/sessions/0badcafe')
    expect(wazuh.calls[1]?.body).toMatchObject({ token: '0badcafe' })
  })
})
