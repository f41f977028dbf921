import { z } from 'zod'
import { AppError, messageOf } from '../../lib/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'

export interface OauthClient {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: Secret | undefined
  /** With one, the token is a person's or shared mailbox's; without, the application's own (client credentials). */
  readonly refreshToken: Secret | undefined
  readonly scope: string | undefined
  /** Reaches the token endpoint and nothing else. */
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

/** Access tokens of one mailbox. */
export interface OauthTokens {
  /** A token that holds for at least a minute more. */
  get(signal?: AbortSignal): Promise<Secret>
  /** The mail server refused the token: the next one is fetched anew. */
  forget(): void
}

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(3600),
  refresh_token: z.string().min(1).optional(),
})
const earlyMs = 60_000

/**
 * Fetches access tokens (RFC 6749, sections 4.4 and 6) and keeps each until a minute before it ends. A new refresh token in an
 * answer takes the old one's place for as long as this process runs. Never repeats a secret in an error.
 */
export function oauthTokens(client: OauthClient): OauthTokens {
  let { refreshToken } = client
  let held: { readonly token: Secret; readonly untilMs: number } | undefined
  return {
    async get(signal) {
      const nowMs = client.clock.now()
      if (held && nowMs < held.untilMs - earlyMs) return held.token
      const fetched = await fetchToken(client, refreshToken, signal)
      if (fetched.refresh_token !== undefined) refreshToken = new Secret(fetched.refresh_token)
      held = { token: new Secret(fetched.access_token), untilMs: nowMs + fetched.expires_in * 1000 }
      return held.token
    },
    forget() {
      held = undefined
    },
  }
}

async function fetchToken(
  client: OauthClient,
  refreshToken: Secret | undefined,
  signal: AbortSignal | undefined,
): Promise<z.output<typeof answer>> {
  const form = new URLSearchParams({
    grant_type: refreshToken ? 'refresh_token' : 'client_credentials',
    client_id: client.clientId,
    ...(client.clientSecret ? { client_secret: client.clientSecret.expose() } : {}),
    ...(refreshToken ? { refresh_token: refreshToken.expose() } : {}),
    ...(client.scope === undefined ? {} : { scope: client.scope }),
  })
  const response = await client.fetch(client.tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    signal: AbortSignal.any([AbortSignal.timeout(30_000), ...(signal ? [signal] : [])]),
  })
  const text = (await response.text()).slice(0, 65_536)
  const parsed = answer.safeParse(jsonOf(text))
  if (!response.ok || !parsed.success)
    throw new AppError(
      'oauth-refused',
      `the token endpoint answered ${response.status} (${errorOf(text)}): check client id, secret and refresh token`,
    )
  return parsed.data
}

/** RFC 6749, section 5.2: the code, which names no secret. */
function errorOf(text: string): string {
  const parsed = z.object({ error: z.string() }).safeParse(jsonOf(text))
  return parsed.success ? parsed.data.error.replace(/[^\w-]/g, '').slice(0, 60) : 'no reason given'
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return messageOf(error) // No object: the schemas refuse it.
  }
}
