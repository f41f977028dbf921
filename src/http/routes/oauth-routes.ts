import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AccountParts } from '../../accounts/account-parts.ts'
import {
  clientFor,
  exchangeCode,
  grantCode,
  type IssuedTokens,
  refreshTokens,
  registerClient,
  revokeAccess,
} from '../../accounts/delegated-access.ts'
import { AppError } from '../../lib/app-error.ts'
import { oauthEndpoints } from '../contract-oauth.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route, streamRoute } from '../route.ts'
import { personOf } from './session-routes.ts'

/**
 * The authorization server of MCP clients: metadata, registration, codes and tokens. `publicUrl` is where clients reach us;
 * undefined on a machine of its own, where the address that they used is taken if it is a loopback one.
 */
export function oauthRoutes(parts: AccountParts, publicUrl: string | undefined): Route[] {
  const base = (reply: FastifyReply) => baseUrl(reply.request, publicUrl)
  const resource = (reply: FastifyReply) => ({
    resource: `${base(reply)}/mcp`,
    authorization_servers: [base(reply)],
    scopes_supported: ['read'],
    bearer_methods_supported: ['header'],
    resource_name: 'Tocsin',
  })
  return [
    route(oauthEndpoints.protectedResource, async ({ reply }) => resource(reply)),
    route(oauthEndpoints.protectedMcp, async ({ reply }) => resource(reply)),
    route(oauthEndpoints.authorizationServer, async ({ reply }) => ({
      issuer: base(reply),
      authorization_endpoint: `${base(reply)}/authorize`,
      token_endpoint: `${base(reply)}/oauth/token`,
      registration_endpoint: `${base(reply)}/oauth/register`,
      revocation_endpoint: `${base(reply)}/oauth/revoke`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['read'],
    })),
    streamRoute(
      oauthEndpoints.register,
      async ({ body, reply }) => {
        await asOauth(reply, async () => {
          const client = await registerClient(parts, {
            name: body.client_name ?? 'An MCP client',
            redirectUris: body.redirect_uris,
          })
          void reply.status(201)
          return {
            client_id: client.id,
            client_name: client.name,
            redirect_uris: client.redirectUris,
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            token_endpoint_auth_method: 'none',
          }
        })
      },
      { requestsPerMinute: 30 },
    ),
    streamRoute(
      oauthEndpoints.token,
      async ({ body: { form }, reply }) => {
        await asOauth(reply, async () => {
          if (form.resource !== undefined && form.resource !== `${base(reply)}/mcp`)
            throw new AppError('invalid_target', 'tokens are given for /mcp only')
          switch (form.grant_type) {
            case 'authorization_code':
              return tokenReply(
                await exchangeCode(parts, {
                  code: member(form, 'code'),
                  clientId: member(form, 'client_id'),
                  redirectUri: member(form, 'redirect_uri'),
                  codeVerifier: member(form, 'code_verifier'),
                }),
              )
            case 'refresh_token':
              return tokenReply(
                await refreshTokens(parts, {
                  refreshToken: member(form, 'refresh_token'),
                  clientId: member(form, 'client_id'),
                }),
              )
            default:
              throw new AppError('unsupported_grant_type', 'authorization_code or refresh_token')
          }
        })
      },
      { requestsPerMinute: 60 },
    ),
    streamRoute(oauthEndpoints.revoke, async ({ body: { form }, reply }) => {
      await asOauth(reply, async () => {
        await revokeAccess(parts, member(form, 'token'))
        return {}
      })
    }),
    route(oauthEndpoints.describeConsent, async ({ query }) => {
      const client = await clientFor(parts, query.client_id, query.redirect_uri).catch(asRequestError)
      return { clientName: client.name, redirectHost: new URL(query.redirect_uri).host }
    }),
    route(oauthEndpoints.consent, async ({ body, caller, reply }) => {
      const person = personOf(caller)
      if (body.resource !== undefined && body.resource !== `${base(reply)}/mcp`)
        throw new RequestError('bad-request', 'access is given to /mcp only', 'body/resource')
      await clientFor(parts, body.client_id, body.redirect_uri).catch(asRequestError)
      const target = new URL(body.redirect_uri)
      if (body.allow) {
        const code = await grantCode(parts, person.user.id, {
          clientId: body.client_id,
          redirectUri: body.redirect_uri,
          codeChallenge: body.code_challenge,
        })
        target.searchParams.set('code', code)
      } else target.searchParams.set('error', 'access_denied')
      if (body.state !== undefined) target.searchParams.set('state', body.state)
      target.searchParams.set('iss', base(reply)) // RFC 9207: which server answered.
      return { redirectTo: target.href }
    }),
  ]
}

/** Where clients reach us: the public address, or the loopback one that they used. */
export function baseUrl(request: FastifyRequest, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '')
  const host = request.headers.host ?? ''
  if (!/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host))
    throw new RequestError(
      'bad-request',
      'set TOCSIN_PUBLIC_URL: this address is not one of this machine’s own',
    )
  return `http://${host}`
}

function tokenReply(tokens: IssuedTokens) {
  return {
    access_token: tokens.accessToken,
    token_type: 'Bearer',
    expires_in: tokens.expiresInSeconds,
    refresh_token: tokens.refreshToken,
    scope: 'read',
  }
}

function member(form: Readonly<Record<string, string>>, name: string): string {
  const value = form[name]
  if (value === undefined || value === '') throw new AppError('invalid_request', `${name} is missing`)
  return value
}

/** Errors in the shape of RFC 6749, 5.2. Nothing of a token may be kept by a cache. */
async function asOauth(reply: FastifyReply, answer: () => Promise<object>): Promise<void> {
  void reply.header('cache-control', 'no-store')
  try {
    await reply.send(await answer())
  } catch (error) {
    if (!(error instanceof AppError) || !/^(?:invalid_|unsupported_)/.test(error.code)) throw error
    await reply.status(400).send({ error: error.code, error_description: error.message })
  }
}

function asRequestError(error: unknown): never {
  if (error instanceof AppError && error.code.startsWith('invalid_'))
    throw new RequestError('bad-request', error.message)
  throw error
}
