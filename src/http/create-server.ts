import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { AccountParts } from '../accounts/account-parts.ts'
import { authorize } from './authorize.ts'
import type { Endpoint } from './endpoint.ts'
import { failureOf, RequestError } from './http-error.ts'
import type { HttpMetrics } from './http-metrics.ts'
import { sayConsoleIsMissing } from './missing-console.ts'
import { observedHandler } from './observed-handler.ts'
import { openApi } from './open-api.ts'
import type { Caller, Route } from './route.ts'

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly accounts: AccountParts
  readonly logger: FastifyBaseLogger
  readonly metrics: HttpMetrics
  /** Reached over https (by a proxy in front, too): cookies are then Secure. */
  readonly secure: boolean
  /** The built console; without it only the API is served. */
  readonly consoleDir: string | undefined
  readonly version: string
  /** The one address that may frame `/embed`; every other page may be framed by nobody. */
  readonly framedBy?: string | undefined
  /** Requests a minute of one address. */
  readonly requestsPerMinute: number
}

/** From a request's first byte to its last. A large upload over a slow line takes minutes; answers may take any time. */
const longestRequestMs = 300_000

/** The HTTP server with every route: validated, authorised, limited and logged in one place. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }), // Its lines hold whole addresses.
    bodyLimit: 1024 * 1024,
    requestTimeout: longestRequestMs, // Fastify's own is none: who sends a byte a minute would hold a connection for ever.
    trustProxy: options.secure ? 'loopback' : false,
    routerOptions: { maxParamLength: 2000 },
  })
  app.log.info = () => {} // Its own news, "Server listening": the program says so in its words. Requests log by themselves.
  app.removeContentTypeParser('text/plain') // JSON only: a form on another site cannot send that.
  const rawTypes = [
    'application/x-ndjson',
    'message/rfc822',
    'application/vnd.ms-outlook',
    'application/octet-stream',
  ]
  app.addContentTypeParser(rawTypes, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, { raw: body }),
  )
  // What directories send (RFC 7644, 3.1): JSON by another name. They call with a token, never with a cookie.
  const json = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/scim+json', { parseAs: 'string' }, (request, body, done) =>
    json(request, String(body), done),
  )
  // OAuth's token endpoint takes forms (RFC 6749, 4.1.3). No other address does: see above.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) =>
      request.url.startsWith('/oauth/')
        ? done(null, { form: Object.fromEntries(new URLSearchParams(String(body))) })
        : done(new RequestError('unsupported-content-type', 'send JSON'), undefined),
  )
  app.addHook('onRequest', async (request, reply) => {
    // RFC 9112, 3.2: a proxy and we could each take another one for the true one.
    const hosts = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name))
    if (hosts.length > 1) throw new RequestError('bad-request', 'send one Host header')
    // Cases, exports and accounts are kept by no browser and no proxy. The console's files say otherwise themselves.
    reply.header('cache-control', 'no-store')
  })
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, securityHeaders(options.secure))
  await app.register(fastifyRateLimit, {
    max: options.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: () =>
      new RequestError('too-many-requests', 'too many requests: wait a minute and try again'),
  })
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = failureOf(error)
    if (status >= 500) request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
    void reply.status(status).send(body)
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    options.metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    request.log.debug(
      { method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime },
      'request',
    )
  })
  for (const entry of options.routes) addRoute(app, entry, options)
  const document = openApi(
    options.routes.map(entry => entry.endpoint),
    options.version,
  )
  app.get('/api/openapi.json', async () => document)
  await serveConsole(app, options.consoleDir)
  if (options.framedBy !== undefined && options.consoleDir !== undefined) serveEmbed(app, options.framedBy)
  return app
}

function addRoute(app: FastifyInstance, entry: Route, options: ServerOptions): void {
  const { endpoint } = entry
  const callers = new WeakMap<FastifyRequest, Caller>()
  const admit = admission(entry.limits)
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    ...(entry.limits.bodyBytes === undefined ? {} : { bodyLimit: entry.limits.bodyBytes }),
    ...(entry.limits.requestsPerMinute === undefined
      ? {}
      : { config: rateLimit(entry.limits.requestsPerMinute) }),
    // Before the body is read: whoever may not call makes us hold none of it.
    preParsing: async (request, reply) => {
      callers.set(request, await authorize(request, endpoint, options.accounts, options.secure))
      admit(request, reply)
    },
    handler: observedHandler(endpoint, async (request, reply) => {
      const caller = callers.get(request)
      if (caller === undefined) throw new RequestError('not-signed-in', 'sign in first')
      const gone = new AbortController()
      // Of the reply: a request with a body is closed as soon as the body has been read.
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort(new Error('the client went away'))
      })
      const answer = await entry.handle({
        params: parse(endpoint.params, request.params, 'params'),
        query: parse(endpoint.query, request.query, 'query'),
        body: parse(endpoint.body, request.body ?? {}, 'body'),
        caller,
        visitor: { address: request.ip, userAgent: request.headers['user-agent'] ?? '' },
        signal: gone.signal,
        reply,
      })
      return entry.answers === 'itself' ? reply : endpoint.reply.parse(answer)
    }),
  })
}

/** Lets a request in where the bodies of a route that are held have room for its own, until it is answered. */
function admission({ heldBytes, bodyBytes = 0 }: Route['limits']) {
  let held = 0
  return (request: FastifyRequest, reply: FastifyReply) => {
    if (heldBytes === undefined) return
    // One that does not say how long it is may be as long as any.
    const length = Number(request.headers['content-length'] ?? bodyBytes)
    // One alone always has room: the route has its own limit.
    if (held > 0 && held + length > heldBytes) {
      reply.header('retry-after', '1')
      throw new RequestError(
        'busy',
        'more is coming in than can be stored just now: send it again in a moment',
      )
    }
    held += length
    reply.raw.once('close', () => {
      held -= length
    })
  }
}

function rateLimit(max: number | false) {
  return { rateLimit: max === false ? max : { max, timeWindow: '1 minute' } }
}

function parse(schema: Endpoint['params'], value: unknown, part: string): unknown {
  if (schema === undefined) return value
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new RequestError(
    'bad-request',
    issue?.message ?? 'the request is not of the documented shape',
    [part, ...(issue?.path ?? [])].join('/'),
  )
}

/** Scripts, styles and connections from ourselves only; nobody may frame the console. */
function securityHeaders(secure: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
  } as const
}

/** Files of the console; every other address that is not the API's is a page of it (deep links). */
async function serveConsole(app: FastifyInstance, consoleDir: string | undefined): Promise<void> {
  const index = consoleDir !== undefined && existsSync(join(consoleDir, 'index.html'))
  if (index) {
    await app.register(fastifyStatic, {
      root: consoleDir,
      setHeaders: (response, path) =>
        // Built files carry a hash in their names; the page that names them must not be kept.
        response.header(
          'cache-control',
          /\/assets\//.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    })
  }
  app.setNotFoundHandler((request, reply) => {
    if (index && isPage(request)) return reply.sendFile('index.html')
    if (!index && (isPage(request) || (request.method === 'GET' && request.url === '/')))
      return sayConsoleIsMissing(request, reply)
    throw new RequestError('not-found', `there is nothing at ${request.method} ${request.url.split('?')[0]}`)
  })
}

/** The page inside the Wazuh dashboard: the same policy, but for who may frame it. */
function serveEmbed(app: FastifyInstance, framedBy: string): void {
  app.get('/embed', (_request, reply) => {
    const policy = String(reply.getHeader('content-security-policy'))
    reply.removeHeader('x-frame-options')
    return reply
      .header(
        'content-security-policy',
        policy.replace("frame-ancestors 'none'", `frame-ancestors ${framedBy}`),
      )
      .sendFile('embed.html')
  })
}

function isPage(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    !request.url.startsWith('/api/') &&
    (request.headers.accept ?? '').includes('text/html')
  )
}
