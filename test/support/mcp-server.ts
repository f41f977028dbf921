import type { AddressInfo } from 'node:net'
import { indexDocuments } from '../../src/chat/documents/document-index.ts'
import { RecentAlerts } from '../../src/chat/recent-alerts.ts'
import { assistantTools } from '../../src/chat/tools/assistant-tools.ts'
import { mcpRoutes } from '../../src/http/routes/mcp-routes.ts'
import { oauthRoutes } from '../../src/http/routes/oauth-routes.ts'
import { sessionRoutes } from '../../src/http/routes/session-routes.ts'
import { rankTechniques } from '../../src/intel/rank-techniques.ts'
import { type Person, startTestServer, type TestServer } from './test-server.ts'

export interface McpTestServer {
  readonly server: TestServer
  /** `http://127.0.0.1:PORT`: MCP is at `/mcp`. */
  readonly base: string
  /** What the consent page does when the person decides; returns where the program is sent back to. */
  consent(asked: URL, person: Person, allow?: boolean): Promise<URL>
}

/** MCP and its OAuth over real HTTP and a real database. The person's part (the consent page) is played over the API. */
export async function startMcpServer(): Promise<McpTestServer> {
  const server = await startTestServer(accounts => {
    const { database, tenant } = accounts
    const alerts = new RecentAlerts(database, tenant)
    const tools = assistantTools({ alerts, rankTechniques, documents: indexDocuments([]), database })
    return [
      ...sessionRoutes(accounts, false),
      ...oauthRoutes(accounts, undefined),
      ...mcpRoutes({ accounts, tools, publicUrl: undefined, version: 'test' }),
    ]
  })
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const base = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}` // It listens on TCP.
  return {
    server,
    base,
    async consent(asked, person, allow = true) {
      const reply = await fetch(`${base}/api/oauth/consent`, {
        method: 'POST',
        headers: {
          cookie: person.cookie,
          'x-csrf-token': person.csrfToken,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ ...Object.fromEntries(asked.searchParams), allow }),
      })
      const text = await reply.text()
      if (reply.status !== 200) throw new Error(text)
      return new URL(JSON.parse(text).redirectTo)
    },
  }
}
