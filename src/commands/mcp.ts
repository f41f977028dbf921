import { once } from 'node:events'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import packageJson from '../../package.json' with { type: 'json' }
import { answerQuestion } from '../chat/answer-question.ts'
import { readConfig } from '../config.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import type { Secret } from '../lib/secret.ts'
import { type AssistantSource, createMcpServer } from '../mcp/assistant-tools.ts'
import { type Command, type Io, readArgs, readInput } from './command.ts'
import { AlertReader } from './triage/read-alerts.ts'

/** `tocsin mcp`. */
export const command: Command = {
  usage: `tocsin mcp --data FILE
tocsin mcp --server URL

Speaks the Model Context Protocol on standard input and output. All tools read; none writes.

  --data    answers from a file of Wazuh alerts
  --server  answers from a running Tocsin, with the rights of the API token in TOCSIN_API_TOKEN (scope read)

Exit codes: 0 the client went away, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values } = readArgs(args, { options: { data: { type: 'string' }, server: { type: 'string' } } })
    const server = createMcpServer(await sourceOf(values, io), packageJson.version)
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
  const reader = new AlertReader(systemClock.now())
  reader.read(await readInput(values.data, io), values.data)
  const alerts = reader.result().alerts.toSorted((a, b) => a.timestampMs - b.timestampMs)
  return {
    ask: async question => answerQuestion(question, { alerts, rankTechniques, nowMs: systemClock.now() }),
  }
}

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
    ask: (question, caseId, signal) =>
      call('/api/ask', signal, { question, ...(caseId === undefined ? {} : { caseId }) }),
    listCases: (text, limit, signal) =>
      call(
        `/api/cases?${new URLSearchParams({ status: 'open,in-progress', limit: String(limit), ...(text === undefined ? {} : { text }) })}`,
        signal,
      ),
    readCase: (id, signal) => call(`/api/cases/${encodeURIComponent(id)}`, signal),
  }
}
