import { once } from 'node:events'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import packageJson from '../../package.json' with { type: 'json' }
import { readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import type { Secret } from '../lib/secret.ts'
import {
  type AssistantSource,
  createAssistantServer,
  type ToolAnswer,
  type ToolDescription,
} from '../mcp/assistant-server.ts'
import { localSource } from '../mcp/local-source.ts'
import { type Command, type Io, readArgs } from './command.ts'
import { offlineAsker, offlineTools } from './offline-tools.ts'

/** `tocsin mcp`. */
export const command: Command = {
  usage: `tocsin mcp --data FILE
tocsin mcp --server URL

Speaks the Model Context Protocol on standard input and output. All tools read; none writes. A running Tocsin speaks it
over HTTP, too, at /mcp.

  --data    answers from a file of Wazuh alerts
  --server  answers from a running Tocsin, with the rights of the API token in TOCSIN_API_TOKEN (scope read)

Exit codes: 0 the client went away, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values } = readArgs(args, { options: { data: { type: 'string' }, server: { type: 'string' } } })
    const server = createAssistantServer(await sourceOf(values, io), packageJson.version)
    const transport = new StdioServerTransport()
    await server.connect(transport)
    await Promise.race([once(io.stdin, 'end'), once(io.signal, 'abort')])
    await server.close()
    return 0
  },
}

async function sourceOf(values: { data?: string; server?: string }, io: Io): Promise<AssistantSource> {
  if (values.server !== undefined) {
    const token = readConfig().apiToken
    if (token === undefined)
      throw new AppError('bad-usage', 'set TOCSIN_API_TOKEN to an API token of scope read')
    return remoteSource(values.server, token)
  }
  if (values.data === undefined || values.data === '-')
    throw new AppError('bad-usage', 'say where to look: --data FILE or --server URL')
  return localSource(await offlineTools(values.data, io), offlineAsker, systemClock)
}

/** The tools of a running Tocsin, over its API. */
function remoteSource(base: string, token: Secret): AssistantSource {
  const url = new URL(base)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const { fetch } = createEgressFetch({
    rules: [
      {
        host: url.hostname,
        port,
        addresses: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      },
    ],
  })
  const call = async (path: string, signal: AbortSignal, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token.expose()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok)
      throw new AppError(
        'refused',
        `Tocsin answered ${response.status}: ${(await response.text()).slice(0, 300)}`,
      )
    return response.json()
  }
  return {
    // What our own server answers: validated there against its contract.
    listTools: async signal =>
      ((await call('/api/assistant/tools', signal)) as { tools: ToolDescription[] }).tools,
    callTool: async (name, input, signal) =>
      (await call(`/api/assistant/tools/${encodeURIComponent(name)}`, signal, { input })) as ToolAnswer,
  }
}
