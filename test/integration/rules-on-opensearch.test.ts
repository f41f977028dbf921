import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convertSigma } from '../../src/sigma/convert/convert-sigma.ts'
import { parseSigma } from '../../src/sigma/sigma-rule.ts'
import type { Indexer } from '../../src/wazuh/indexer.ts'
import { connectIndexer, type OpenSearchNode, startOpenSearch, writeDocument } from '../support/opensearch.ts'
import { runCommand } from '../support/run-command.ts'

// Rules against what an indexer keeps: Sigma rules as its queries, and Wazuh rules over its past alerts.

let node: OpenSearchNode | undefined
let indexer: Indexer
const signal = AbortSignal.timeout(300_000)

beforeAll(async () => {
  node = await startOpenSearch()
  if (node === undefined) return
  indexer = await connectIndexer(node, signal)
})
afterAll(() => node?.close())

describe('a converted Sigma rule', () => {
  it('runs a converted Sigma rule, and finds what the rule means', async context => {
    if (node === undefined) return context.skip()
    const rule =
      'title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n  sel:\n    Image|endswith: \\cmd.exe\n    CommandLine|contains: " /C "\n  filter:\n    User|startswith: SYS\n  condition: sel and not filter'
    const event = (id: string, image: string, user?: string) =>
      writeDocument(
        indexer,
        'wazuh-alerts-4.x-2026.11.22',
        id,
        {
          timestamp: '2026-11-24T01:00:00Z',
          data: {
            win: {
              system: { channel: 'Microsoft-Windows-Sysmon/Operational', eventID: '1' },
              eventdata: { image, commandLine: 'CMD /c whoami', ...(user === undefined ? {} : { user }) },
            },
          },
        },
        signal,
      )
    await event('doubled', 'C:\\\\Windows\\\\CMD.exe')
    await event('plain', 'C:\\Windows\\cmd.exe', 'bob')
    await event('filtered', 'C:\\Windows\\cmd.exe', 'SYSTEM')
    await event('other', 'C:\\Windows\\notcmd.exe')
    const [document] = parseSigma(rule)
    const dsl = document && convertSigma(document, 'opensearch').output
    const lucene = document && convertSigma(document, 'lucene').output
    for (const query of [JSON.parse(dsl ?? '').query, { query_string: { query: lucene } }]) {
      const reply = (await indexer.request(
        'POST',
        '/wazuh-alerts-4.x-2026.11.22/_search',
        { query },
        signal,
      )) as { hits: { hits: { _id: string }[] } }
      expect(reply.hits.hits.map(hit => hit._id).sort()).toEqual(['doubled', 'plain'])
    }
  })

  it('finds the groups of converted Sigma correlations', async context => {
    if (node === undefined) return context.skip()
    const index = 'wazuh-alerts-4.x-2026.11.21'
    const rule = (name: string, word: string) =>
      `title: ${name}\nname: ${name}\nid: ${name}\nlevel: low\nlogsource: {product: windows, service: sysmon}\ndetection:\n  s: {CommandLine|contains: ${word}}\n  condition: s\n`
    const groups = async (correlation: string) => {
      const documents = parseSigma(
        `${rule('one', 'aaa')}---\n${rule('two', 'bbb')}---\ntitle: c\nid: c\nlevel: high\ncorrelation: ${correlation}\n`,
      )
      const deciding = documents.at(-1)
      const { output } = (deciding && convertSigma(deciding, 'opensearch', undefined, documents)) ?? {}
      const reply = (await indexer.request(
        'POST',
        `/${index}/_search`,
        JSON.parse(output ?? ''),
        signal,
      )) as {
        aggregations: { groups: { buckets: { key: string }[] | Record<string, unknown> } }
      }
      const { buckets } = reply.aggregations.groups
      return Array.isArray(buckets) ? buckets.map(({ key }) => key).sort() : Object.keys(buckets)
    }
    let number = 0
    const event = (secondsAgo: number, user: string, commandLine: string) =>
      writeDocument(
        indexer,
        index,
        `c${number++}`,
        {
          timestamp: new Date(Date.now() - secondsAgo * 1000).toISOString(),
          data: {
            win: {
              system: { channel: 'Microsoft-Windows-Sysmon/Operational', eventID: '1' },
              eventdata: { commandLine, user },
            },
          },
        },
        signal,
      )
    // Far from the edges of the windows, however long the writing takes.
    await event(40_000, 'ann', 'aaa')
    await event(30_000, 'ann', 'aaa 2')
    await event(20_000, 'ann', 'bbb')
    await event(40_000, 'bob', 'bbb')
    await event(30_000, 'bob', 'aaa')
    await event(900_000, 'bob', 'aaa')
    const counted = (body: string) => groups(`{rules: [one, two], group-by: [User], timespan: 1d, ${body}}`)
    expect(await counted('type: event_count, condition: {gte: 3}')).toEqual(['ann'])
    expect(await counted('type: event_count, condition: {lt: 3}')).toEqual(['bob'])
    expect(await counted('type: temporal')).toEqual(['ann', 'bob'])
    expect(await counted('type: temporal_ordered')).toEqual(['ann'])
    expect(
      await groups('{type: value_count, rules: [one], timespan: 1d, condition: {field: User, gte: 2}}'),
    ).toEqual(['all'])
    expect(
      await groups('{type: value_count, rules: [two], timespan: 1d, condition: {field: User, gte: 3}}'),
    ).toEqual([])
  })
})

describe('a backtest', () => {
  it('runs over the alerts of a window, per host and day, and goes on where it was stopped', async context => {
    if (node === undefined) return context.skip()
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-backtest-'))
    const file = (name: string, text: string) => {
      const path = join(folder, name)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, text)
      return path
    }
    file(
      'set/rules/0.xml',
      '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule><rule id="50" level="3"><decoded_as>app</decoded_as><description>app</description></rule></group>',
    )
    file('set/decoders/0.xml', '<decoder name="app"><program_name>^app$</program_name></decoder>')
    const draft = file(
      'draft.xml',
      '<group name="local,"><rule id="100100" level="8"><if_sid>50</if_sid><match>denied</match><description>Denied</description></rule></group>',
    )
    // More than one page, and a day outside of the window.
    const rows = Array.from({ length: 2400 }, (_, at) => {
      const day = at < 2100 ? '10' : '12'
      const log = `Nov ${day} 12:00:00 host app[1]: ${at % 3 === 0 ? 'denied' : 'granted'}`
      return [
        { index: { _index: 'wazuh-alerts-4.x-2026.11.10', _id: `b${String(at).padStart(4, '0')}` } },
        {
          timestamp: new Date(Date.parse(`2026-11-${day}T12:00:00Z`) + at).toISOString(),
          id: `1.${at}`,
          agent: { id: '001', name: `web-${at % 2}` },
          rule: { id: '50', level: 3 },
          decoder: { name: 'app' },
          location: '/var/log/app',
          full_log: log,
        },
      ]
    })
    const bulk = `${rows.flatMap(pair => pair.map(part => JSON.stringify(part))).join('\n')}\n`
    await fetch(`${node.url}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: bulk,
    })
    const names = ['TOCSIN_INDEXER_URL', 'TOCSIN_INDEXER_USER', 'TOCSIN_INDEXER_PASSWORD']
    for (const [at, value] of [node.url, 'u', 'p'].entries()) process.env[names[at] ?? ''] = value
    const backtest = async () => {
      const options = ['--state', join(folder, 'state.json'), '--json']
      const { code, records, stderr } = await runCommand([
        ...['rules', 'backtest', draft, '--ruleset', join(folder, 'set'), '--alerts', 'indexer'],
        ...['--index', 'wazuh-alerts-4.x-2026.11.10', '--to', '2026-11-11T00:00:00Z', ...options],
      ])
      const [tally, summary] = records
      return { code, tally, summary, stderr }
    }
    const whole = await backtest()
    expect(whole.summary).toMatchObject({ lines: 2100, impossible: 0 })
    expect(whole.tally).toMatchObject({
      rule_id: '100100',
      hits: 700,
      by_day: { '2026-11-10': 700 },
      instead_of: { 50: 700 },
    })
    // The kept state is at the end: nothing is counted twice.
    const again = await backtest()
    expect(again.stderr).toContain('going on after line 2100')
    expect(again.tally).toEqual(whole.tally)
    for (const name of names) delete process.env[name]
    rmSync(folder, { recursive: true })
  })
})
