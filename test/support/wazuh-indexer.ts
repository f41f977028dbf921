import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { standInUser } from './wazuh-server.ts'

// A stand-in for the indexer of either Wazuh where it matters which one it is (a real OpenSearch 2.19 has tests of its own;
// 3.x cannot run here). It refuses calls without the password, and every path that no test needs.

export interface WazuhIndexerStandIn {
  readonly url: string
  /** `2.19.5` belongs to Wazuh 4, `3.6.0` to Wazuh 5. Undefined: the user may not ask. */
  version: string | undefined
  /** Patterns that match an index here. */
  readonly indexed: Set<string>
  /** Documents that were written, by `index/id`; actions get numbers. */
  readonly written: Map<string, Record<string, unknown>>
  readonly calls: string[]
  close(): Promise<void>
}

export async function startWazuhIndexer(version: string): Promise<WazuhIndexerStandIn> {
  const state = {
    version: version as string | undefined,
    indexed: new Set<string>(),
    written: new Map<string, Record<string, unknown>>(),
    calls: [] as string[],
  }
  const server = createServer((request, response) => {
    void body(request).then(text => {
      const [status, reply] = answer(standIn, request, text)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // A server that listens on TCP has one.
  const standIn: WazuhIndexerStandIn = Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>(done => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  })
  return standIn
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

function answer(state: WazuhIndexerStandIn, request: IncomingMessage, text: string): [number, unknown] {
  const expected = Buffer.from(`${standInUser.username}:${standInUser.password}`).toString('base64')
  if (request.headers.authorization !== `Basic ${expected}`) return refusal(401, 'Unauthorized')
  const call = `${request.method} ${request.url}`
  state.calls.push(call)
  if (call === 'GET /')
    return state.version === undefined
      ? refusal(403, 'no permissions for [cluster:monitor/main]')
      : [200, { name: 'node-1', cluster_name: 'wazuh-cluster', version: { number: state.version } }]
  const search = /^POST \/([\w.*,-]+)\/_search\?size=0&terminate_after=1$/.exec(call)
  if (search !== null) {
    const total = (search[1] ?? '').split(',').filter(pattern => state.indexed.has(pattern)).length
    return [200, { _shards: { total, successful: total, skipped: 0, failed: 0 }, hits: { hits: [] } }]
  }
  const write =
    /^PUT \/(wazuh-tocsin-briefs)\/_doc\/([\w.%-]+)$/.exec(call) ??
    /^POST \/(wazuh-active-responses)\/_doc\?op_type=create$/.exec(call)
  if (write !== null) {
    const id = write[2] ?? String(state.written.size)
    state.written.set(`${write[1]}/${id}`, JSON.parse(text) as Record<string, unknown>) // Tocsin writes objects.
    return [201, { _index: write[1], _id: id, result: 'created' }]
  }
  return refusal(400, `no handler found for uri [${request.url}] and method [${request.method}]`)
}

function refusal(status: number, reason: string): [number, unknown] {
  return [status, { error: { type: 'refused', reason }, status }]
}
