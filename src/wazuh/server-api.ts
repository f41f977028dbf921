import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { errorCodes, isUntrustedCertificate, wasNeverSent } from '../lib/never-sent.ts'
import type { Secret } from '../lib/secret.ts'

export interface WazuhApiOptions {
  /** `https://manager:55000`, without a path. */
  readonly baseUrl: string
  readonly username: string
  readonly password: Secret
  /** Reaches only what an admin allowed, with TLS verified: `createEgressFetch`. */
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly timeoutMs: number
}

export interface WazuhRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Begins with a slash: `/agents`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Json
  /** For rule files, which are sent as they are. */
  readonly file?: Uint8Array
}

export interface WazuhReply {
  readonly status: number
  /** Parsed JSON, or the text where the answer is no JSON (`raw=true`). */
  readonly body: unknown
}

/** One call of the Wazuh server API, signed in. Throws `wazuh-unreachable` (nothing was sent) or `wazuh-no-answer`. */
export type WazuhApi = (request: WazuhRequest, signal: AbortSignal) => Promise<WazuhReply>

// Wazuh's own default is 900 s; signing in again early costs one call.
const tokenLifeMs = 10 * 60_000

/**
 * The server API of Wazuh 4.x: signs in with Basic, keeps the token for ten minutes, signs in once more on 401 (roles
 * changed, manager restarted). It never tries a call again by itself: whether that is safe, only the caller knows.
 * Source: `api/api/spec/spec.yaml` 4.14.7.
 */
export function openWazuhApi(options: WazuhApiOptions): WazuhApi {
  let token: { readonly text: string; readonly untilMs: number } | undefined

  const send = async (
    request: WazuhRequest,
    authorization: string,
    signal: AbortSignal,
  ): Promise<WazuhReply> => {
    const url = new URL(options.baseUrl + request.path)
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value)
    const body = request.file ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
    const headers: Record<string, string> = { authorization }
    // The API answers 406 (6002) to any other type, also where there is no body to speak of.
    if (body !== undefined)
      headers['content-type'] = request.file === undefined ? 'application/json' : 'application/octet-stream'
    const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)])
    try {
      const response = await options.fetch(url, {
        method: request.method,
        headers,
        signal: limit,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      })
      return { status: response.status, body: parse(await response.text()) }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw unanswered(request, error)
    }
  }

  const signIn = async (signal: AbortSignal): Promise<string> => {
    const now = options.clock.now()
    if (token !== undefined && now < token.untilMs) return token.text
    const basic = Buffer.from(`${options.username}:${options.password.expose()}`).toString('base64')
    const request = { method: 'POST', path: '/security/user/authenticate', query: { raw: 'true' } } as const
    let reply: WazuhReply
    try {
      reply = await send(request, `Basic ${basic}`, signal)
    } catch (error) {
      if (signal.aborted) throw error
      // Whatever went wrong here, the call itself was never made.
      throw new AppError('wazuh-unreachable', `cannot sign in to Wazuh: ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      })
    }
    if (reply.status !== 200 || typeof reply.body !== 'string') {
      const hint =
        reply.status === 401
          ? 'user or password is wrong'
          : reply.status === 403
            ? 'this address is blocked after too many bad logins; it ends after five minutes'
            : `it answered ${reply.status}`
      throw new AppError('wazuh-unreachable', `cannot sign in to Wazuh as ${options.username}: ${hint}`, {
        retryable: passesByItself(reply),
      })
    }
    token = { text: reply.body, untilMs: now + tokenLifeMs }
    return token.text
  }

  return async (request, signal) => {
    const reply = await send(request, `Bearer ${await signIn(signal)}`, signal)
    if (reply.status !== 401) return reply
    token = undefined
    return send(request, `Bearer ${await signIn(signal)}`, signal)
  }
}

/**
 * Whether the same request is worth another try: a fault of theirs, too many requests in this minute (300 in all, 30 of
 * events), or an address that is blocked for five minutes after bad logins. Source: api/middlewares.py of 4.14.7.
 */
export function passesByItself({ status, body }: WazuhReply): boolean {
  const code = readPointer(body, '/error')
  return status >= 500 || status === 429 || (status === 403 && code === 6000)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function unanswered(request: WazuhRequest, error: unknown): AppError {
  const hint = isUntrustedCertificate(error)
    ? ' (its certificate is not trusted: name its CA in TOCSIN_WAZUH_API_CA)'
    : ''
  return new AppError(
    wasNeverSent(error) ? 'wazuh-unreachable' : 'wazuh-no-answer',
    `Wazuh ${request.method} ${request.path}: ${errorCodes(error)[0] ?? messageOf(error)}${hint}`,
    { retryable: true, cause: error },
  )
}
