import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// A stand-in for the Wazuh server API 4.14.7, which cannot run here. It refuses what the real one would: calls without
// a token, wrong content types, unknown paths, missing members, agents that do not exist or are not active, an empty
// agents_list. Facts from the API's own OpenAPI description and source; see wazuh-server.test.ts, which holds it to them.

export interface StandInAgent {
  readonly id: string
  readonly name: string
  readonly status: 'active' | 'disconnected' | 'never_connected'
  readonly activeResponse: boolean
  readonly os?: { readonly platform: string; readonly name: string; readonly version?: string }
  readonly lastKeepAlive?: string
}

export interface RecordedCall {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

/** What the next matching calls get instead of an answer. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly title: string; readonly code: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  /** The call takes effect, and the answer is lost. */
  | { readonly kind: 'lost-answer' }
  /** The call takes effect, and the answer breaks off in its middle. */
  | { readonly kind: 'half-answer' }
  /** The call takes effect, and is answered with a redirect, as a proxy in front of it may. */
  | { readonly kind: 'redirect' }

export interface WazuhStandIn {
  readonly url: string
  /** Calls that took effect, sign-ins left out. */
  readonly calls: RecordedCall[]
  /** Rule, decoder and list files, by `rules/NAME`. */
  readonly files: Map<string, string>
  /** Events that were taken by POST /events. */
  readonly events: string[]
  agents: readonly StandInAgent[]
  /** What `GET /` says: `4.14.7` unless a test sets another. Of 5.x, it refuses the paths that 5.x has no more. */
  version: string
  /** Rows of `/syscollector/{id}/…`, `/sca/{id}…` and `/syscheck/{id}`, by path. */
  readonly states: Map<string, readonly Record<string, unknown>[]>
  /** Faults for the next calls, first come first served. */
  readonly faults: Fault[]
  /** Called with each active response that was taken: the test's endpoint carries it out. */
  onActiveResponse: ((agentId: string, body: Record<string, unknown>) => void) | undefined
  /** Forgets all tokens, as a restart does. */
  forgetTokens(): void
  close(): Promise<void>
}

export const standInUser = { username: 'tocsin', password: 'S3cret.Stand-In' }

export async function startWazuhServer(agents: readonly StandInAgent[] = []): Promise<WazuhStandIn> {
  const state = {
    calls: [] as RecordedCall[],
    files: new Map<string, string>(),
    events: [] as string[],
    agents,
    version: '4.14.7',
    states: new Map<string, readonly Record<string, unknown>[]>(),
    faults: [] as Fault[],
    tokens: new Set<string>(),
    onActiveResponse: undefined as WazuhStandIn['onActiveResponse'],
  }
  const server = createServer((request, response) => {
    void answer(state, request, response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // A server that listens on TCP has one.
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    forgetTokens: () => state.tokens.clear(),
    close: () =>
      new Promise<void>(done => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  })
}

type State = {
  calls: RecordedCall[]
  files: Map<string, string>
  events: string[]
  agents: readonly StandInAgent[]
  version: string
  states: Map<string, readonly Record<string, unknown>[]>
  faults: Fault[]
  tokens: Set<string>
  onActiveResponse: WazuhStandIn['onActiveResponse']
}

class Problem extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, title: string) {
    super(title)
    this.status = status
    this.code = code
  }
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const url = new URL(request.url ?? '/', 'http://x')
  const call = {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
  }
  const text = Buffer.concat(chunks).toString()
  try {
    if (call.path === '/security/user/authenticate') return signIn(state, request, call.query, response)
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (bearer === undefined || !state.tokens.has(bearer)) throw new Problem(401, 6000, 'Invalid token')
    // Which version it is, is asked beside the calls that faults are meant for.
    const fault = call.path === '/' ? undefined : state.faults.shift()
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'reset') return void request.socket.destroy()
    if (fault?.kind === 'status') throw new Problem(fault.status, fault.code, fault.title)
    const body = route(state, call, request.headers['content-type'], text)
    if (fault?.kind === 'lost-answer') return void request.socket.destroy()
    if (fault?.kind === 'redirect') return void response.writeHead(303, { location: '/' }).end()
    if (fault?.kind === 'half-answer') {
      response.writeHead(200, { 'content-type': 'application/json' })
      const half = JSON.stringify(body).slice(0, 20)
      return void response.write(half, () => request.socket.destroy())
    }
    if (typeof body === 'string') response.writeHead(200, { 'content-type': 'text/plain' }).end(body)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, 1000, String(error))
    response.writeHead(problem.status, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ title: 'Wazuh Error', detail: problem.message, error: problem.code }))
  }
}

function signIn(
  state: State,
  request: IncomingMessage,
  query: Record<string, string>,
  response: ServerResponse,
): void {
  const given = Buffer.from(
    /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '',
    'base64',
  ).toString()
  if (request.method !== 'POST' || given !== `${standInUser.username}:${standInUser.password}`)
    throw new Problem(401, 6000, 'Invalid credentials')
  const token = `eyJ.${state.tokens.size}.${Math.random().toString(36).slice(2)}`
  state.tokens.add(token)
  if (query.raw === 'true') response.writeHead(200, { 'content-type': 'text/plain' }).end(token)
  else
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ data: { token }, error: 0 }))
}

type Call = Pick<RecordedCall, 'method' | 'path' | 'query'>

function route(state: State, call: Call, type: string | undefined, text: string): unknown {
  const name = `${call.method} ${call.path}`
  if (state.version.startsWith('5.') && removedInFive.test(call.path))
    throw new Problem(404, 6000, `Not Found: ${name}`)
  if (name === 'PUT /active-response') return activeResponse(state, call, json(type, text))
  if (/^PUT \/agents\/\d{3,}\/restart$/.test(name)) return restart(state, call)
  if (name === 'POST /events') return events(state, call, json(type, text))
  if (name === 'GET /agents') return agentList(state, call)
  if (/^GET \/(syscollector|sca|syscheck)\/\d{3,}(\/|$)/.test(name)) return stateRows(state, call)
  if (name === 'GET /')
    return { data: { title: 'Wazuh API REST', api_version: state.version, revision: 'x' }, error: 0 }
  if (name === 'GET /manager/configuration/validation')
    return items([{ name: 'node01', status: 'OK' }], 'Validation was successfully checked')
  if (name === 'PUT /manager/analysisd/reload')
    return record(state, call, undefined, items([{ name: 'node01', msg: 'ok' }], 'Reload request sent'))
  if (name === 'GET /manager/status')
    return items([{ 'wazuh-analysisd': 'running', 'wazuh-remoted': 'running' }], 'Processes status was read')
  if (name === 'PUT /logtest') return logtest(state, call, json(type, text))
  if (/^DELETE \/logtest\/sessions\/[0-9a-f]{8}$/.test(name))
    return record(state, call, undefined, { data: { codemsg: 0 }, error: 0 })
  const file = /^\/(rules|decoders|lists)\/files\/([\w.-]+)$/.exec(call.path)
  if (file !== null) return ruleFile(state, call, `${file[1]}/${file[2]}`, type, text)
  throw new Problem(404, 6000, `Not Found: ${name}`)
}

/** Source: the API's description of 4.14.7 beside that of 5.1.0. */
const removedInFive =
  /^\/(rules|decoders|lists|events|active-response|logtest|sca|syscollector|syscheck|rootcheck|manager)(\/|$)/

function json(type: string | undefined, text: string): Record<string, unknown> {
  if (!type?.startsWith('application/json')) throw new Problem(406, 6002, 'Invalid content-type')
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem(400, 1000, 'body must be an object')
  return body as Record<string, unknown> // Checked above.
}

function record(state: State, call: Call, body: unknown, reply: unknown): unknown {
  state.calls.push({ ...call, body })
  return reply
}

function items(affected: readonly unknown[], message: string, failed: readonly unknown[] = []): unknown {
  return {
    data: {
      affected_items: affected,
      total_affected_items: affected.length,
      total_failed_items: failed.length,
      failed_items: failed,
    },
    message,
    error: failed.length === 0 ? 0 : affected.length === 0 ? 1 : 2,
  }
}

function activeResponse(state: State, call: Call, body: Record<string, unknown>): unknown {
  // The real one would send to every agent. Nothing of ours may ever do that, so here it is a failure of the test.
  if (!call.query.agents_list)
    throw new Problem(500, 9999, 'agents_list is empty: the real API would send this to ALL agents')
  if (typeof body.command !== 'string' || body.command === '')
    throw new Problem(400, 1000, "'command' is a required property")
  const unknown = Object.keys(body).filter(key => !['command', 'arguments', 'alert'].includes(key))
  if (unknown.length > 0)
    throw new Problem(400, 1000, `Additional properties are not allowed ('${unknown[0]}' was unexpected)`)
  if (
    body.arguments !== undefined &&
    !(Array.isArray(body.arguments) && body.arguments.every(each => typeof each === 'string'))
  )
    throw new Problem(400, 1000, 'arguments must be strings')
  const failed: unknown[] = []
  const affected: string[] = []
  for (const id of call.query.agents_list.split(',')) {
    if (!/^\d{3,}$/.test(id)) throw new Problem(400, 1000, `'${id}' is not a agent_id`)
    const agent = state.agents.find(each => each.id === id)
    if (id === '000') failed.push(failure(1703, 'Action not available for Manager (agent 000)', id))
    else if (agent === undefined) failed.push(failure(1701, 'Agent does not exist', id))
    else if (agent.status !== 'active')
      failed.push(failure(1707, 'Cannot send request, agent is not active', id))
    else if (!agent.activeResponse)
      failed.push(failure(1750, 'Could not send request, active-response is disabled in the agent', id))
    else affected.push(id)
  }
  if (affected.length > 0) state.calls.push({ ...call, body })
  for (const id of affected) state.onActiveResponse?.(id, body)
  return items(
    affected,
    affected.length > 0 ? 'AR command was sent to all agents' : 'AR command was not sent to any agent',
    failed,
  )
}

function failure(code: number, message: string, id: string): unknown {
  return { error: { code, message }, id: [id] }
}

function restart(state: State, call: Call): unknown {
  const id = call.path.split('/')[2] ?? ''
  const agent = state.agents.find(each => each.id === id)
  if (agent?.status !== 'active')
    return items([], 'Restart command was not sent', [
      failure(agent === undefined ? 1701 : 1707, 'Cannot send request, agent is not active', id),
    ])
  return record(state, call, undefined, items([id], 'Restart command was sent to all agents'))
}

function events(state: State, call: Call, body: Record<string, unknown>): unknown {
  const list = body.events
  if (
    !Array.isArray(list) ||
    list.length === 0 ||
    list.length > 100 ||
    !list.every(each => typeof each === 'string')
  )
    throw new Problem(400, 1000, 'events must be 1 to 100 strings')
  state.events.push(...list)
  return record(
    state,
    call,
    body,
    items(
      list.map(() => ({ name: 'node01' })),
      'All events were forwarded to analisysd',
    ),
  )
}

/** Answers that rule 100001 fired on every log that holds the word `bad`. */
function logtest(state: State, call: Call, body: Record<string, unknown>): unknown {
  for (const member of ['event', 'log_format', 'location'])
    if (typeof body[member] !== 'string' || body[member] === '')
      throw new Problem(400, 1000, `'${member}' is a required property`)
  const fired = String(body.event).includes('bad')
  const rule = { id: '100001', level: 5, description: 'bad', firedtimes: 1, groups: ['local'] }
  const output = {
    ...(fired ? { rule } : {}),
    decoder: fired ? { name: 'app' } : {},
    location: body.location,
  }
  return record(state, call, body, {
    error: 0,
    data: { token: '0badcafe', messages: [], output, alert: fired, codemsg: 0 },
  })
}

function agentList(state: State, call: Call): unknown {
  const wanted = call.query.agents_list?.split(',')
  const offset = Number(call.query.offset ?? 0)
  const limit = Number(call.query.limit ?? 500)
  if (limit > 100_000) throw new Problem(400, 1405, 'Specified limit exceeds maximum allowed')
  const found = state.agents.filter(
    agent =>
      (wanted === undefined || wanted.includes(agent.id)) &&
      (call.query.status === undefined || agent.status === call.query.status) &&
      holdsWord(agent, call.query.search),
  )
  return {
    data: {
      affected_items: found.slice(offset, offset + limit),
      total_affected_items: found.length,
      total_failed_items: 0,
      failed_items: [],
    },
    message: 'All selected agents information was returned',
    error: 0,
  }
}

/** The real API looks for the word in every field, in any case. */
function holdsWord(row: object, word: string | undefined): boolean {
  return word === undefined || JSON.stringify(Object.values(row)).toLowerCase().includes(word.toLowerCase())
}

function stateRows(state: State, call: Call): unknown {
  const [, , id = ''] = call.path.split('/')
  const known = ['offset', 'limit', 'search', 'result', 'select', 'sort', 'q']
  const unknown = Object.keys(call.query).find(name => !known.includes(name))
  if (unknown !== undefined)
    throw new Problem(400, 1000, `Extra query parameter(s) ['${unknown}'] not in spec`)
  if (!state.agents.some(agent => agent.id === id))
    return items([], 'No information was returned', [failure(1701, 'Agent does not exist', id)])
  const rows = (state.states.get(call.path) ?? []).filter(
    row =>
      holdsWord(row, call.query.search) &&
      (call.query.result === undefined || row.result === call.query.result),
  )
  const offset = Number(call.query.offset ?? 0)
  return {
    data: {
      affected_items: rows.slice(offset, offset + Number(call.query.limit ?? 500)),
      total_affected_items: rows.length,
      total_failed_items: 0,
      failed_items: [],
    },
    message: 'All information was returned',
    error: 0,
  }
}

/** The codes of `framework/wazuh/core/exception.py` for a file that is not there. */
const absent: Readonly<Record<string, number>> = { rules: 1415, decoders: 1503, lists: 1802 }

function ruleFile(state: State, call: Call, name: string, type: string | undefined, text: string): unknown {
  if (call.method === 'GET') {
    const content = state.files.get(name)
    if (content === undefined)
      return items([], 'No file was returned', [
        failure(absent[name.split('/')[0] ?? ''] ?? 1906, 'file not found', name),
      ])
    return content
  }
  if (call.method === 'DELETE') {
    state.files.delete(name)
    return record(state, call, undefined, items([name], 'File was successfully deleted'))
  }
  if (call.method !== 'PUT') throw new Problem(405, 6000, 'Method Not Allowed')
  if (type !== 'application/octet-stream') throw new Problem(406, 6002, 'Invalid content-type')
  if (state.files.has(name) && call.query.overwrite !== 'true')
    return items([], 'Could not upload file', [failure(1905, 'File already exists', name)])
  if (!name.startsWith('lists/') && !/^\s*(<!--[\s\S]*?-->\s*)*<(group|decoder|var)\b/.test(text))
    return items([], 'Could not upload file', [failure(1113, 'XML syntax error', name)])
  if (name.startsWith('lists/')) {
    if (call.query.relative_dirname !== undefined)
      throw new Problem(400, 1000, "Extra query parameter(s) ['relative_dirname'] not in spec")
    if (!/^lists\/[\w-]+$/.test(name)) throw new Problem(400, 1000, 'is not a cdb_filename_path')
    if (text.split('\n').some(line => line !== '' && !line.includes(':')))
      return items([], 'Could not upload CDB list file', [failure(1800, 'Bad format in CDB list', name)])
  }
  state.files.set(name, text)
  return record(state, call, text, items([name], 'File was successfully uploaded'))
}
