import { appendFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Indexer } from '../../src/wazuh/indexer.ts'
import { type ApiPerson, apiPerson, until } from '../support/api-person.ts'
import { connectIndexer, type OpenSearchNode, startOpenSearch, writeDocument } from '../support/opensearch.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// A whole Tocsin that gets alerts by every way at once: alerts.json, a real indexer, and the integrator's webhook.

let node: OpenSearchNode | undefined
let indexer: Indexer
let tocsin: RunningTocsin
let admin: ApiPerson
let token: string
const signal = AbortSignal.timeout(590_000)

beforeAll(async () => {
  node = await startOpenSearch()
  if (node === undefined) return
  indexer = await connectIndexer(node, signal)
  tocsin = await startTocsin({
    settings: {
      TOCSIN_INDEXER_URL: node.url,
      TOCSIN_INDEXER_USER: 'reader',
      TOCSIN_INDEXER_PASSWORD: 'a password',
      TOCSIN_INDEXER_POLL_SECONDS: '1',
      TOCSIN_PUBLISH: 'off',
    },
  })
  admin = await apiPerson(tocsin.base, 'admin', tocsin.password)
  const made = await admin<{ secret: string }>('POST', '/api/tokens', {
    name: 'integrator',
    scopes: ['ingest'],
    expiresInDays: 1,
  })
  token = made.body.secret
})
afterAll(async () => {
  await tocsin?.stop()
  await node?.close()
})

let serial = 0
/** The text of a new alert about a host of its own, a while ago. */
const alertOf = (host: string, minutesAgo = 1) =>
  wazuhLine({
    id: `${Math.floor(Date.now() / 1000)}.${++serial}`,
    atMs: Date.now() - minutesAgo * 60_000,
    host,
    rule: ['5712', 10, 'sshd: brute force trying to get access to the system', ['sshd']],
    data: { srcip: `203.0.113.${serial}` },
  })

/** Each way in. Filebeat's pipeline adds to a document what it adds. */
const ways: Readonly<Record<string, (line: string) => Promise<unknown>>> = {
  'alerts.json': line => appendFile(tocsin.alertsFile, `${line}\n`),
  indexer: line => {
    const alert = JSON.parse(line)
    const day = String(alert.timestamp).slice(0, 10).replaceAll('-', '.')
    const added = {
      '@timestamp': alert.timestamp,
      GeoLocation: { country_name: 'Germany' },
      input: { type: 'log' },
    }
    const document = { ...alert, ...added }
    return writeDocument(indexer, `wazuh-alerts-4.x-${day}`, `auto-${alert.id}`, document, signal)
  },
  webhook: async line => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }
    const answer = await fetch(`${tocsin.base}/api/webhook`, { method: 'POST', headers, body: line })
    expect(answer.status).toBe(200)
  },
}

const casesOf = async (host: string) =>
  (await admin<{ cases: { alertCount: number }[] }>('GET', `/api/cases?host=${host}`)).body.cases

/** How many records of all sources came to this. */
async function counted(outcome: string): Promise<number> {
  const { body } = await admin<string>('GET', '/metrics')
  const counts = [
    ...body.matchAll(new RegExp(`^tocsin_ingested_total\\{.*outcome="${outcome}".*\\} (\\d+)$`, 'gm')),
  ]
  return counts.reduce((sum, match) => sum + Number(match[1]), 0)
}

it('an alert that comes by two ways, or all three, is one alert, whichever is first', async context => {
  if (node === undefined) return context.skip()
  const orders = Object.keys(ways).flatMap(first =>
    Object.keys(ways).flatMap(second => (first === second ? [] : [[first, second]])),
  )
  const plans = [...orders, Object.keys(ways)]
  for (const [index, plan] of plans.entries()) {
    const host = `twice-${index}`
    const line = alertOf(host)
    const before = await counted('duplicate')
    for (const [step, way] of plan.entries()) {
      await ways[way]?.(line)
      // The second is sent once the first is there: which of them is stored is then not left to chance.
      if (step === 0) await until(`${host} by ${way}`, async () => (await casesOf(host))[0])
    }
    await until(`${plan.join(' and ')} to have been read`, async () =>
      (await counted('duplicate')) >= before + plan.length - 1 ? true : undefined,
    )
    expect(await casesOf(host)).toMatchObject([{ alertCount: 1 }])
  }
  expect(await counted('quarantined')).toBe(0)
})

it('an alert that the indexer gets late is taken in, once', async context => {
  if (node === undefined) return context.skip()
  await ways.indexer?.(alertOf('in-time', 0))
  await until('the one in time', async () => (await casesOf('in-time'))[0])
  const late = alertOf('late', 8)
  await ways.indexer?.(late)
  await until('the late one', async () => (await casesOf('late'))[0])
  await ways['alerts.json']?.(late)
  // What is written behind it in the same file has been read: so has it.
  await ways['alerts.json']?.(alertOf('behind-it'))
  await until('the one behind it', async () => (await casesOf('behind-it'))[0])
  expect(await casesOf('late')).toMatchObject([{ alertCount: 1 }])
})
