import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const open = { kind: 'open' } as const
const metadata = z.record(z.string(), z.json())

/** What the consent page asks about. */
const consentQuery = z.object({
  client_id: z.string().max(200),
  redirect_uri: z.string().max(2000),
})

const consentBody = consentQuery.extend({
  code_challenge: z.string().regex(/^[\w-]{43}$/, 'PKCE with S256 is needed'),
  code_challenge_method: z.literal('S256'),
  state: z.string().max(2000).optional(),
  resource: z.string().max(2000).optional(),
  allow: z.boolean(),
})
export type ConsentBody = z.infer<typeof consentBody>

/** Programs of others that speak the Model Context Protocol. */
export const mcpEndpoints = {
  postMcp: endpoint({
    method: 'POST',
    path: '/mcp',
    summary:
      'Model Context Protocol over streamable HTTP: the assistant’s tools, with the rights of the access token.',
    access: open, // The protocol has its own way to say that a token is missing.
    body: z.unknown(),
    reply: z.unknown(),
    gives: ['application/json', 'text/event-stream'],
  }),
  getMcp: endpoint({
    method: 'GET',
    path: '/mcp',
    summary: 'There is no stream from the server: it keeps no session.',
    access: open,
    reply: z.unknown(),
  }),
}

/** OAuth 2.1 for MCP clients. What a person grants is reading, with their own rights. */
export const oauthEndpoints = {
  protectedResource: endpoint({
    method: 'GET',
    path: '/.well-known/oauth-protected-resource',
    summary: 'Where to get a token for /mcp (RFC 9728).',
    access: open,
    reply: metadata,
  }),
  protectedMcp: endpoint({
    method: 'GET',
    path: '/.well-known/oauth-protected-resource/mcp',
    summary: 'The same, at the address that RFC 9728 derives from /mcp.',
    access: open,
    reply: metadata,
  }),
  authorizationServer: endpoint({
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    summary: 'What this authorization server can do (RFC 8414).',
    access: open,
    reply: metadata,
  }),
  register: endpoint({
    method: 'POST',
    path: '/oauth/register',
    summary: 'Register a program (RFC 7591). Public clients only: no secret is given out.',
    access: open,
    body: z.looseObject({
      redirect_uris: z.array(z.string().max(2000)).min(1).max(10),
      client_name: z.string().max(200).optional(),
    }),
    reply: metadata,
  }),
  token: endpoint({
    method: 'POST',
    path: '/oauth/token',
    summary: 'Exchange a code (PKCE) or a refresh token, as a form.',
    access: open,
    body: z.object({ form: z.record(z.string(), z.string()) }),
    takes: ['application/x-www-form-urlencoded'],
    reply: metadata,
  }),
  revoke: endpoint({
    method: 'POST',
    path: '/oauth/revoke',
    summary: 'End a token and all of its family (RFC 7009), as a form.',
    access: open,
    body: z.object({ form: z.record(z.string(), z.string()) }),
    takes: ['application/x-www-form-urlencoded'],
    reply: metadata,
  }),
  describeConsent: endpoint({
    method: 'GET',
    path: '/api/oauth/consent',
    summary: 'The program that asks for access.',
    access: { kind: 'role', role: 'viewer' },
    query: consentQuery,
    reply: z.object({ clientName: z.string(), redirectHost: z.string() }),
  }),
  consent: endpoint({
    method: 'POST',
    path: '/api/oauth/consent',
    summary: 'Let a program read with your rights, or refuse it. Answers where to send the browser.',
    access: { kind: 'role', role: 'viewer' },
    body: consentBody,
    reply: z.object({ redirectTo: z.string() }),
  }),
}
