import { once } from 'node:events'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import packageJson from '../../package.json' with { type: 'json' }
import { AppError } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { systemClock } from '../lib/clock.ts'
import {
  type AssistantSource,
  createAssistantServer,
  type ToolAnswer,
  type ToolDescription,
} from '../mcp/assistant-server.ts'
import { localSource } from '../mcp/local-source.ts'
import { type Command, type Io, readArgs } from './command.ts'
import { offlineAsker, offlineTools } from './offline-tools.ts'
import { openServer } from './server-client.ts'

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
  if (values.server !== undefined) return remoteSource(values.server)
  if (values.data === undefined || values.data === '-')
    throw new AppError('bad-usage', 'say where to look: --data FILE or --server URL')
  return localSource(await offlineTools(values.data, io), offlineAsker, systemClock)
}

/** The tools of a running Tocsin, over its API. */
function remoteSource(base: string): AssistantSource {
  const call = openServer(base, 'read')
  return {
    // What our own server answers: validated there against its contract.
    listTools: async signal =>
      ((await call('GET', '/api/assistant/tools', undefined, signal)) as { tools: ToolDescription[] }).tools,
    callTool: async (name, input, signal) =>
      (await call(
        'POST',
        `/api/assistant/tools/${encodeURIComponent(name)}`,
        { input: input as Json },
        signal,
      )) as ToolAnswer,
  }
}
