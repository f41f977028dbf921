import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { createEgressFetch } from '../../src/lib/egress-fetch.ts'
import { Secret } from '../../src/lib/secret.ts'
import { normalizeLine } from '../../src/normalize/normalize-line.ts'
import { updateDocuments } from '../../src/publish/update-documents.ts'
import { convertSigma } from '../../src/sigma/convert/convert-sigma.ts'
import { parseSigma } from '../../src/sigma/sigma-rule.ts'
import { indexerPoller } from '../../src/sources/indexer-poller.ts'
import type { SourceState } from '../../src/sources/source.ts'
import { openActiveResponseChannel } from '../../src/wazuh/active-response-channel.ts'
import { type Indexer, openIndexer } from '../../src/wazuh/indexer.ts'
import { connectIndexer, type OpenSearchNode, startOpenSearch } from '../support/opensearch.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

let node: OpenSearchNode | undefined
let indexer: Indexer
const signal = AbortSignal.timeout(300_000)
const nowMs = Date.parse('2026-11-24T12:00:00Z')

beforeAll(async () => {
  node = await startOpenSearch()
  if (node === undefined) return
  indexer = await connectIndexer(node, signal)
}, 300_000)
afterAll(() => node?.close())

async function write(
  id: string,
  source: Record<string, unknown>,
  index = 'wazuh-alerts-4.x-2026.11.24',
): Promise<void> {
  await indexer.request(
    'PUT',
    `/${index}/_doc/${id}?refresh=true`,
    JSON.parse(JSON.stringify(source)),
    signal,
  )
}

/** Polls until `enough`, and returns the ids of what was delivered, duplicates included. */
async function collect(options: {
  clock?: { now(): number }
  checkpoint?: unknown
  enough: (ids: string[]) => boolean
  indexer?: Indexer
  onState?: () => Promise<void>
}) {
  const stop = new AbortController()
  const ids: string[] = []
  let position: unknown
  const source = indexerPoller({
    name: 'indexer',
    pattern: 'wazuh-alerts-4.x-*',
    indexer: options.indexer ?? indexer,
    clock: options.clock ?? fixedClock(nowMs),
    intervalMs: 50,
    overlapMs: 30_000,
    lateMs: 86_400_000,
    firstLookBackMs: 86_400_000,
  })
  await source.run(
    options.checkpoint,
    async (records, checkpoint) => {
      ids.push(
        ...records.map(record => (JSON.parse(Buffer.from(record.bytes).toString()) as { _id: string })._id),
      )
      position = checkpoint
      if (options.enough(ids)) stop.abort()
    },
    () => void options.onState?.(),
    AbortSignal.any([signal, stop.signal]),
  )
  return { ids, position }
}

describe('the indexer poller on a real OpenSearch', () => {
  it('reads everything page by page in the order of time, then only what is new and what came late', async context => {
    if (node === undefined) return context.skip()
    const lines = Array.from({ length: 2500 }, (_, i) => [
      JSON.stringify({
        create: { _id: `a${i}`, _index: `wazuh-alerts-4.x-2026.11.${i % 2 === 0 ? '23' : '24'}` },
      }),
      JSON.stringify({ timestamp: new Date(nowMs - 3_600_000 + i * 1000).toISOString(), id: String(i) }),
    ]).flat()
    const bulk = await fetch(`${node.url}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
    })
    expect(bulk.status).toBe(200)
    const first = await collect({ enough: ids => ids.length >= 2500 })
    expect(first.ids).toEqual(Array.from({ length: 2500 }, (_, i) => `a${i}`))
    // Indexed only now; the last poll ended at the time of a2499.
    const endMs = nowMs - 3_600_000 + 2499 * 1000
    await write('late by little', { timestamp: new Date(endMs - 10_000).toISOString() })
    await write('late by half an hour', { timestamp: new Date(endMs - 1_800_000).toISOString() })
    await write('late by a year', { timestamp: new Date(endMs - 365 * 86_400_000).toISOString() })
    await write('ahead of its time', { timestamp: new Date(nowMs + 86_400_000).toISOString() })
    await write('new', { timestamp: new Date(endMs + 1000).toISOString() })
    const second = await collect({
      clock: fixedClock(nowMs + 5000),
      checkpoint: first.position,
      enough: ids => ids.includes('ahead of its time'),
    })
    expect(second.ids).toEqual(
      expect.arrayContaining(['late by little', 'late by half an hour', 'new', 'ahead of its time']),
    )
    expect(second.ids).not.toContain('late by a year')
    // The five minutes around the late one and the half minute at the end, not everything.
    expect(second.ids.length).toBeLessThan(340)
    // What is ahead of its time does not hide what comes in time, and nothing is handed on again.
    await write('in time', { timestamp: new Date(endMs + 2000).toISOString() })
    const third = await collect({
      clock: fixedClock(nowMs + 6000),
      checkpoint: second.position,
      enough: ids => ids.includes('in time'),
    })
    expect(third.ids).toContain('in time')
    expect(third.ids.length).toBeLessThan(40)
  })

  it('hands nothing on twice while nothing changes, and finds what is late between two polls', async context => {
    if (node === undefined) return context.skip()
    let polls = 0
    const counted: Indexer = {
      ...indexer,
      openView: (...args) => {
        polls++
        return indexer.openView(...args)
      },
    }
    let written = false
    const { ids } = await collect({
      indexer: counted,
      enough: ids => ids.includes('late between polls'),
      onState: async () => {
        if (polls < 3 || written) return
        written = true
        await write('late between polls', {
          timestamp: new Date(nowMs - 3_600_000 + 2_400_000).toISOString(),
        })
      },
    })
    expect(polls).toBeGreaterThan(3)
    // All of it once, and the five minutes of the late one once more.
    expect(ids.length).toBeLessThan(2500 + 320)
  })

  it('goes on from the page that was stored last', async context => {
    if (node === undefined) return context.skip()
    const half = await collect({ enough: ids => ids.length >= 1000 })
    const rest = await collect({ checkpoint: half.position, enough: ids => ids.includes('a2499') })
    expect(new Set([...half.ids, ...rest.ids]).size).toBeGreaterThanOrEqual(2500)
  })

  it('runs a converted Sigma rule, and finds what the rule means', async context => {
    if (node === undefined) return context.skip()
    const rule =
      'title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n  sel:\n    Image|endswith: \\cmd.exe\n    CommandLine|contains: " /C "\n  filter:\n    User|startswith: SYS\n  condition: sel and not filter'
    const event = (id: string, image: string, user?: string) =>
      write(
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
        'wazuh-alerts-4.x-2026.11.22',
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
      write(
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
        index,
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

  it('puts an enrichment into the documents of a case and into no others', async context => {
    if (node === undefined) return context.skip()
    const index = 'wazuh-alerts-4.x-2026.11.20'
    const line = (id: string) =>
      wazuhLine({ id, atMs: Date.parse('2026-11-20T01:00:00Z'), rule: ['5710', 5, 'x', ['sshd']] })
    for (const id of ['1.1', '1.2', '1.3']) await write(id, JSON.parse(line(id)), index)
    const alerts = ['1.1', '1.3'].flatMap(id => {
      const read = normalizeLine(Buffer.from(line(id)), { where: id, receivedAtMs: 0 })
      return read.kind === 'quarantined' ? [] : [read.alert]
    })
    expect(
      await updateDocuments(indexer, alerts, { headline: 'a "b" \n', techniques: ['T1110'] }, signal),
    ).toBe(2)
    await indexer.request('POST', `/${index}/_refresh`, undefined, signal)
    const reply = (await indexer.request(
      'POST',
      `/${index}/_search`,
      { query: { exists: { field: 'tocsin.headline' } } },
      signal,
    )) as { hits: { hits: { _id: string; _source: { tocsin: unknown } }[] } }
    expect(reply.hits.hits.map(hit => hit._id).sort()).toEqual(['1.1', '1.3'])
    expect(reply.hits.hits[0]?._source.tocsin).toEqual({ headline: 'a "b" \n', techniques: ['T1110'] })
  })

  it('hands an action to the channel of Wazuh 5, and says when that was refused', async context => {
    if (node === undefined) return context.skip()
    await indexer.request(
      'PUT',
      '/_index_template/active-responses',
      { index_patterns: ['wazuh-active-responses'], data_stream: {}, priority: 200 },
      signal,
    )
    const channel = openActiveResponseChannel(indexer, () => '2026-11-24T12:00:00.000Z')
    const request = {
      agentId: '007',
      command: '!tocsin',
      arguments: ['add'],
      data: { action: 'block-address' },
    }
    expect(await channel.send(request, signal)).toEqual({ kind: 'sent' })
    await indexer.request('POST', '/wazuh-active-responses/_refresh', undefined, signal)
    const reply = (await indexer.request('POST', '/wazuh-active-responses/_search', undefined, signal)) as {
      hits: { hits: { _source: unknown }[] }
    }
    expect(reply.hits.hits).toHaveLength(1)
    expect(reply.hits.hits[0]?._source).toMatchObject({
      wazuh: { active_response: { executable: 'tocsin', location: 'defined-agent', agent_id: '007' } },
      data: { action: 'block-address' },
    })
    const wrong = openActiveResponseChannel(indexer, () => 'no time at all')
    expect(await wrong.send(request, signal)).toMatchObject({ kind: 'not-sent', retryable: false })
  })

  it('says what is wrong, and goes on when it is right again', async context => {
    if (node === undefined) return context.skip()
    const states: SourceState[] = []
    const stop = new AbortController()
    const egress = createEgressFetch({
      rules: [{ host: '127.0.0.1', port: 49_999, addresses: ['127.0.0.1'] }],
    })
    const dead = openIndexer({
      baseUrl: 'http://127.0.0.1:49999',
      credentials: undefined,
      fetch: egress.fetch,
      timeoutMs: 1000,
    })
    const source = indexerPoller({
      name: 'x',
      pattern: 'wazuh-alerts-4.x-*',
      indexer: dead,
      clock: fixedClock(nowMs),
      intervalMs: 10,
      overlapMs: 0,
      lateMs: 0,
      firstLookBackMs: 0,
    })
    await source.run(
      undefined,
      async () => undefined,
      state => {
        states.push(state)
        stop.abort()
      },
      AbortSignal.any([signal, stop.signal]),
    )
    expect(states[0]).toMatchObject({ kind: 'failing', detail: expect.stringContaining('ECONNREFUSED') })
    await egress.close()
  })
})

describe('a backtest on a real OpenSearch', () => {
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
      let [stdout, stderr] = ['', '']
      const options = ['--state', join(folder, 'state.json'), '--json']
      const code = await runCli(
        [
          ...['rules', 'backtest', draft, '--ruleset', join(folder, 'set'), '--alerts', 'indexer'],
          ...['--index', 'wazuh-alerts-4.x-2026.11.10', '--to', '2026-11-11T00:00:00Z', ...options],
        ],
        {
          stdin: Readable.from([]),
          stdout: text => {
            stdout += text
          },
          stderr: text => {
            stderr += text
          },
          signal,
        },
      )
      const [tally, summary] = stdout
        .split('\n')
        .filter(Boolean)
        .map(row => JSON.parse(row))
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

describe('TLS', () => {
  it('trusts a private CA when it is given, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-tls-'))
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        join(folder, 'key'),
        '-out',
        join(folder, 'cert'),
      ],
      { stdio: 'ignore' },
    )
    const ca = readFileSync(join(folder, 'cert'), 'utf8')
    const server = createServer({ key: readFileSync(join(folder, 'key')), cert: ca }, (request, response) =>
      response.end(JSON.stringify({ who: request.headers.authorization })),
    )
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo // A server that listens on TCP has one.
    const ask = (extraCa?: string[]) => {
      const egress = createEgressFetch({
        rules: [{ host: '127.0.0.1', port, addresses: ['127.0.0.1'] }],
        ...(extraCa === undefined ? {} : { extraCa }),
      })
      return openIndexer({
        baseUrl: `https://127.0.0.1:${port}`,
        credentials: { username: 'u', password: new Secret('p') },
        fetch: egress.fetch,
        timeoutMs: 5000,
      })
        .request('GET', '/', undefined, signal)
        .finally(() => egress.close())
    }
    expect(await ask([ca])).toEqual({ who: `Basic ${Buffer.from('u:p').toString('base64')}` })
    await expect(ask()).rejects.toMatchObject({ code: 'indexer-unreachable' })
    server.close()
    rmSync(folder, { recursive: true })
  })
})
