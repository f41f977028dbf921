import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json } from '../../src/lib/canonical-json.ts'
import { createEgressFetch } from '../../src/lib/egress-fetch.ts'
import { type Indexer, openIndexer } from '../../src/wazuh/indexer.ts'
import { freePort } from './free-port.ts'

const sources = join(import.meta.dirname, 'opensearch')
const jars = join(homedir(), '.cache', 'tocsin-tests', 'opensearch-2.19.6')

export interface OpenSearchNode {
  readonly url: string
  close(): Promise<void>
}

/**
 * A real OpenSearch 2.19 node from Maven's jars (44 MB, fetched once into ~/.cache/tocsin-tests), or `undefined`, said
 * out loud, where Java, Maven or its registry is not to be had.
 */
export async function startOpenSearch(): Promise<OpenSearchNode | undefined> {
  const missing = fetchJars()
  if (missing !== undefined) {
    console.warn(`SKIPPED: no OpenSearch: ${missing}; the tests with a real indexer do not run`)
    return undefined
  }
  const home = mkdtempSync(join(tmpdir(), 'tocsin-opensearch-'))
  const port = await freePort()
  const child = spawn(
    'java',
    ['-Xmx512m', '-cp', join(jars, '*'), join(sources, 'OpenSearchNode.java'), home, String(port)],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let output = ''
  const started = new Promise<void>((resolve, reject) => {
    const listen = (text: unknown) => {
      output = `${output}${text}`.slice(-4000)
      if (output.includes('started\n')) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', listen)
    child.stderr.setEncoding('utf8').on('data', listen)
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`OpenSearch ended with ${code}:\n${output}`)))
  })
  await started
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        child.removeAllListeners('exit')
        child.on('exit', () => {
          rmSync(home, { recursive: true, force: true })
          resolve()
        })
        child.stdin.end()
      }),
  }
}

/** A client of the node, with an index template as Wazuh's own has it, as far as it matters here. */
export async function connectIndexer(node: OpenSearchNode, signal: AbortSignal): Promise<Indexer> {
  const port = Number(new URL(node.url).port)
  const egress = createEgressFetch({ rules: [{ host: '127.0.0.1', port, addresses: ['127.0.0.1'] }] })
  const indexer = openIndexer({
    baseUrl: node.url,
    credentials: undefined,
    fetch: egress.fetch,
    // It ends what hangs: the first document of a day makes an index, which a starved machine does in its own time.
    timeoutMs: 300_000,
  })
  const mappings = {
    date_detection: false,
    dynamic_templates: [{ text: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }],
    properties: { timestamp: { type: 'date' }, '@timestamp': { type: 'date' }, full_log: { type: 'text' } },
  }
  const template = { settings: { number_of_shards: 2, number_of_replicas: 0 }, mappings }
  const body = { index_patterns: ['wazuh-*'], template }
  await indexer.request('PUT', '/_index_template/wazuh', body, signal)
  return indexer
}

/** Writes one document and makes it visible at once. */
export async function writeDocument(
  indexer: Indexer,
  index: string,
  id: string,
  document: { readonly [key: string]: Json },
  signal: AbortSignal,
): Promise<void> {
  await indexer.request('PUT', `/${index}/_doc/${encodeURIComponent(id)}?refresh=true`, document, signal)
}

/** Writes alerts as Filebeat does, each into the index of its day. Lines are JSON of Wazuh 4 alerts with an `id`. */
export async function indexAlerts(
  indexer: Indexer,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const line of lines) {
    const alert = JSON.parse(line)
    const day = String(alert.timestamp).slice(0, 10).replaceAll('-', '.')
    const path = `/wazuh-alerts-4.x-${day}/_doc/${encodeURIComponent(alert.id)}`
    await indexer.request('PUT', path, alert, signal)
  }
  await indexer.request('POST', '/wazuh-alerts-4.x-*/_refresh', undefined, signal)
}

/** Why the jars are not to be had, or `undefined` when they are there. */
function fetchJars(): string | undefined {
  if (existsSync(jars)) return undefined
  if (spawnSync('java', ['-version']).status !== 0) return 'Java is not installed'
  if (spawnSync('javac', ['-version']).status !== 0) return 'a Java compiler is not installed'
  if (spawnSync('mvn', ['-v']).status !== 0) return 'Maven is not installed'
  const folder = `${jars}.${process.pid}`
  mkdirSync(folder, { recursive: true })
  const args = [
    '-q',
    '-B',
    '-f',
    join(sources, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${folder}`,
  ]
  const done = spawnSync('mvn', args, { encoding: 'utf8', timeout: 10 * 60_000 })
  if (done.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return `Maven could not fetch it: ${done.stdout.split('\n')[0]}`
  }
  if (existsSync(jars))
    rmSync(folder, { recursive: true }) // Another test was quicker.
  else renameSync(folder, jars)
  return undefined
}
