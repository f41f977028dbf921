import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { AccountParts } from '../../accounts/account-parts.ts'
import { bearerBehind } from '../../accounts/api-token.ts'
import { delegateBehind } from '../../accounts/delegated-access.ts'
import type { Asker, Tool } from '../../chat/tools/tool.ts'
import { createAssistantServer } from '../../mcp/assistant-server.ts'
import { localSource } from '../../mcp/local-source.ts'
import { mcpEndpoints } from '../contract-oauth.ts'
import { type Route, streamRoute } from '../route.ts'
import { baseUrl } from './oauth-routes.ts'

export interface McpRouteParts {
  readonly accounts: AccountParts
  readonly tools: readonly Tool[]
  readonly publicUrl: string | undefined
  readonly version: string
}

/** MCP for programs on other machines. Stateless: each request is a server of its own, so that any process can answer. */
export function mcpRoutes(parts: McpRouteParts): Route[] {
  return [
    streamRoute(mcpEndpoints.postMcp, async ({ reply, body, signal }) => {
      const { request } = reply
      const base = baseUrl(request, parts.publicUrl)
      const asker = await askerBehind(parts.accounts, request.headers.authorization)
      if (asker === undefined) {
        const metadata = `${base}/.well-known/oauth-protected-resource/mcp`
        await reply
          .status(401)
          .header('www-authenticate', `Bearer resource_metadata="${metadata}", scope="read"`)
          .send({ error: 'invalid_token', error_description: 'sign in: a token of scope read is needed' })
        return
      }
      const { origin } = request.headers
      if (origin !== undefined && origin !== base) {
        // A page of another site could otherwise reach a server on this machine through the browser.
        await reply
          .status(403)
          .send({ error: 'forbidden', error_description: `origin ${origin.slice(0, 200)}` })
        return
      }
      if (Array.isArray(body)) {
        // Revision 2025-06-18 has no batches, and a hundred calls would count as one request.
        await reply.status(400).send({
          jsonrpc: '2.0',
          id: null,
          error: { code: -32_600, message: 'send one message a request: there are no batches' },
        })
        return
      }
      const server = createAssistantServer(
        localSource(parts.tools, asker, parts.accounts.clock),
        parts.version,
      )
      const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
      signal.addEventListener('abort', () => void server.close(), { once: true })
      reply.hijack()
      // The SDK's class declares its optional members more loosely than its own interface takes them.
      await server.connect(transport as Parameters<typeof server.connect>[0])
      await transport.handleRequest(request.raw, reply.raw, body)
      reply.raw.once('close', () => void server.close())
    }),
    streamRoute(mcpEndpoints.getMcp, async ({ reply }) => {
      await reply.status(405).header('allow', 'POST').send({ error: 'method not allowed' })
    }),
  ]
}

async function askerBehind(accounts: AccountParts, header: string | undefined): Promise<Asker | undefined> {
  const sent = /^Bearer (\S+)$/.exec(header ?? '')?.[1]
  if (sent === undefined) return undefined
  const delegate = await delegateBehind(accounts, sent)
  if (delegate !== undefined) return { tenant: accounts.tenant, role: delegate.role }
  const token = await bearerBehind(accounts, sent)
  return token?.scopes.includes('read') ? { tenant: accounts.tenant, role: 'viewer' } : undefined
}
