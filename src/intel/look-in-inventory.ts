/**
 * What Wazuh's inventory says about a report: which hosts have a vulnerability that it names, which run a product that it says is
 * affected, and whether an address in it is one of our own. Asked when a report comes in or changes, when a person asks, and anew
 * each day, for hosts and their software change; the page shows what was found and when.
 */
import { z } from 'zod'
import { inventoryJob } from '../domain/job-kinds.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { enqueue, type Job } from '../queue/jobs.ts'
import {
  type InventoryMatch,
  noteInventoryTrouble,
  reportsToLookAgain,
  writeInventory,
} from '../store/intel-inventory.ts'
import { mentionsOf, readReport } from '../store/intel-reports.ts'
import type { Indexer } from '../wazuh/indexer.ts'
import { affectedProducts } from './affected-products.ts'

export interface InventoryParts {
  readonly database: Database
  readonly clock: Clock
  readonly indexer: Indexer
}

const inventoryPayload = z.object({ reportId: z.string() })

const valuesPerRequest = 500
const rowsPerRequest = 1_000
/** A vulnerability on every host of a large network: the first hosts of each are enough to act on. */
const mostMatches = 5_000
const mostNames = 10_000
const hostsPerProduct = 200

/** Asks the inventory about a report and keeps what it says. */
export async function handleInventoryLook(
  { database, clock, indexer }: InventoryParts,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { reportId } = inventoryPayload.parse(job.payload)
  const report = await readReport(database, job.tenant, reportId)
  if (report === undefined) return // Deleted meanwhile.
  const mentions = await mentionsOf(database, job.tenant, reportId)
  const valuesOf = (...types: string[]) =>
    mentions.filter(({ type }) => types.includes(type)).map(({ value }) => value)
  try {
    const ask = asker(indexer, signal)
    const matches = [
      ...(await ownHosts(ask, valuesOf('ipv4', 'ipv6'))),
      ...(await vulnerableHosts(ask, valuesOf('cve'))),
      ...(await productHosts(ask, affectedProducts(report.text))),
    ].slice(0, mostMatches)
    await database.transaction(sql => writeInventory(sql, job.tenant, reportId, matches, clock.now()))
  } catch (error) {
    if (!signal.aborted) await noteInventoryTrouble(database, job.tenant, reportId, messageOf(error))
    throw error
  }
}

const dayMs = 24 * 60 * 60_000
/** A report is live for a year after it came or last changed. */
const liveDays = 365
/** So many in one round: the others are there in the next. */
const mostLooks = 500
/** After what people and new reports wait for. */
const lookAgainPriority = -1

/** Queues the question anew for each live report that was not asked about for a day; returns how many there were. */
export async function lookAgain(
  { database, clock }: Pick<InventoryParts, 'database' | 'clock'>,
  tenant: string,
): Promise<number> {
  const nowMs = clock.now()
  return database.transaction(async sql => {
    const due = { askedBeforeMs: nowMs - dayMs, changedSinceMs: nowMs - liveDays * dayMs, limit: mostLooks }
    const reports = await reportsToLookAgain(sql, tenant, due)
    const jobs = reports.map(reportId => ({
      kind: inventoryJob,
      key: reportId,
      payload: { reportId },
      priority: lookAgainPriority,
    }))
    await enqueue(sql, tenant, jobs, nowMs)
    return jobs.length
  })
}

type Ask = (pattern: string, body: Json) => Promise<Answer>

const text = z.string().max(300).catch('').default('')
// Documents are as hostile as any other: a field of another kind is as good as absent.
const answer = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _source: z.looseObject({
          agent: z.looseObject({ name: text }).catch({ name: '' }).default({ name: '' }),
          package: z.looseObject({ name: text, version: text }).optional().catch(undefined),
          vulnerability: z.looseObject({ id: text, severity: text }).optional().catch(undefined),
          network: z
            .looseObject({ ip: z.union([z.string(), z.array(z.string())]) })
            .optional()
            .catch(undefined),
        }),
      }),
    ),
  }),
  aggregations: z.object({ names: z.object({ buckets: z.array(z.object({ key: z.string() })) }) }).optional(),
})
type Answer = z.output<typeof answer>

/** A pattern that matches no index is an inventory that is empty, not an error: Wazuh before 4.13 has no such indices. */
function asker(indexer: Indexer, signal: AbortSignal): Ask {
  return async (pattern, body) => {
    const path = `/${encodeURIComponent(pattern)}/_search?ignore_unavailable=true&allow_no_indices=true`
    const read = answer.safeParse(await indexer.request('POST', path, body, signal))
    if (!read.success)
      throw new AppError('indexer-refused', `the indexer answered a search of ${pattern} in another shape`)
    return read.data
  }
}

const sourceFields = ['agent.name', 'package.name', 'package.version', 'vulnerability', 'network.ip']

async function* rowsWith(ask: Ask, pattern: string, field: string, values: readonly string[]) {
  for (let from = 0; from < values.length; from += valuesPerRequest) {
    const terms = { terms: { [field]: values.slice(from, from + valuesPerRequest) } }
    const body = { size: rowsPerRequest, query: { bool: { filter: [terms] } }, _source: sourceFields }
    const { hits } = await ask(pattern, body)
    for (const { _source } of hits.hits) yield _source
  }
}

async function vulnerableHosts(ask: Ask, cves: readonly string[]): Promise<InventoryMatch[]> {
  const matches: InventoryMatch[] = []
  for await (const row of rowsWith(ask, 'wazuh-states-vulnerabilities-*', 'vulnerability.id', cves))
    if (row.vulnerability !== undefined && cves.includes(row.vulnerability.id))
      matches.push({
        kind: 'vulnerability',
        value: row.vulnerability.id,
        host: row.agent.name,
        packageName: row.package?.name ?? '',
        packageVersion: row.package?.version ?? '',
        severity: row.vulnerability.severity,
      })
  return matches
}

/** A report that lists an address of ours is about us, or poisoned; either way somebody must look. */
async function ownHosts(ask: Ask, addresses: readonly string[]): Promise<InventoryMatch[]> {
  const matches: InventoryMatch[] = []
  for await (const row of rowsWith(ask, 'wazuh-states-inventory-networks-*', 'network.ip', addresses))
    for (const address of [row.network?.ip ?? []].flat())
      if (addresses.includes(address))
        matches.push({
          kind: 'host',
          value: address,
          host: row.agent.name,
          packageName: '',
          packageVersion: '',
          severity: '',
        })
  return matches
}

/** Products that the report calls affected, under the names that our package managers have for them. */
async function productHosts(ask: Ask, products: readonly string[]): Promise<InventoryMatch[]> {
  if (products.length === 0) return []
  const pattern = 'wazuh-states-inventory-packages-*'
  const { aggregations } = await ask(pattern, {
    size: 0,
    aggs: { names: { terms: { field: 'package.name', size: mostNames } } },
  })
  const ofName = new Map<string, string>()
  for (const { key } of aggregations?.names.buckets ?? []) {
    const product = products.find(each => isSameProduct(each, key))
    if (product !== undefined) ofName.set(key, product)
  }
  const matches: InventoryMatch[] = []
  const hosts = new Map<string, number>()
  for await (const row of rowsWith(ask, pattern, 'package.name', [...ofName.keys()])) {
    const name = row.package?.name ?? ''
    const product = ofName.get(name)
    const count = hosts.get(name) ?? 0
    if (product === undefined || count >= hostsPerProduct) continue
    hosts.set(name, count + 1)
    matches.push({
      kind: 'package',
      value: product,
      host: row.agent.name,
      packageName: name,
      packageVersion: row.package?.version ?? '',
      severity: '',
    })
  }
  return matches
}

/** `OpenSSL` and `openssl`, `Notepad++` and `Notepad++ (64-bit x64)`: equal but for case, blanks and what stands in brackets. */
function isSameProduct(product: string, packageName: string): boolean {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replace(/\s*\(.{0,60}\)\s*$/, '')
      .replaceAll(/[\s_-]+/g, '-')
  return plain(product) === plain(packageName)
}
