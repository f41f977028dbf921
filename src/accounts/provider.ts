import type { Configuration } from 'openid-client'
import { AppError, messageOf } from '../lib/app-error.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { Secret } from '../lib/secret.ts'
import type { ProviderSettings } from './provider-settings.ts'

// OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), state and nonce. The library is loaded at the
// first use, as in `passkey.ts`.
const library = () => import('openid-client')

/** What one sign-in is checked against when the browser comes back. */
export interface ProviderChecks {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** What the provider has signed about a person. */
export interface ProviderClaims {
  readonly issuer: string
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** An OpenID provider that signs people in. */
export interface Provider {
  readonly settings: ProviderSettings
  /** Where to send the browser. Throws `provider-unavailable`. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly checks: ProviderChecks }>
  /** Exchanges the code that the browser brought back and checks the token. Throws `provider-refused`. */
  finish(callback: URL, redirectUri: string, checks: ProviderChecks): Promise<ProviderClaims>
}

/** Signatures that only the provider can make: neither `none` nor a secret that we share. */
const signatures = /^(RS|PS|ES)(256|384|512)$|^(EdDSA|Ed25519)$/

/** `fetch` reaches the provider and nothing else: see `createEgressFetch`. */
export function openProvider(
  settings: ProviderSettings,
  secret: Secret,
  fetch: typeof globalThis.fetch,
): Provider {
  let discovered: Promise<Configuration> | undefined
  const configuration = () => {
    discovered ??= discover(settings, secret, fetch).catch(error => {
      discovered = undefined // Asked again at the next sign-in.
      throw new AppError(
        'provider-unavailable',
        `the sign-in provider ${settings.issuer} cannot be used: ${secret.scrub(messageOf(error))}`,
        { cause: error },
      )
    })
    return discovered
  }
  return {
    settings,
    async begin(redirectUri) {
      const openid = await library()
      const checks = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      }
      const url = openid.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: [...new Set(['openid', ...settings.scopes])].join(' '),
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, checks }
    },
    async finish(callback, redirectUri, checks) {
      const openid = await library()
      const config = await configuration()
      // The library takes the redirect address from here: the one that we sent, whatever a proxy made of it since.
      const current = new URL(redirectUri)
      current.search = callback.search
      try {
        const tokens = await openid.authorizationCodeGrant(config, current, {
          pkceCodeVerifier: checks.verifier,
          expectedState: checks.state,
          expectedNonce: checks.nonce,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined || !signatures.test(algorithmOf(tokens.id_token)))
          throw new Error('its token is not signed as it must be')
        return { issuer: claims.iss, subject: claims.sub, claims }
      } catch (error) {
        // Keys change: what was discovered is looked up anew next time.
        discovered = undefined
        throw new AppError(
          'provider-refused',
          `the sign-in through ${settings.name} does not hold: ${secret.scrub(messageOf(error))}`,
          { cause: error },
        )
      }
    },
  }
}

async function discover(
  settings: ProviderSettings,
  secret: Secret,
  fetch: typeof globalThis.fetch,
): Promise<Configuration> {
  const openid = await library()
  const issuer = new URL(settings.issuer)
  // The egress rules let plain http through to this machine only; the library has to be told that it may try.
  const insecure = issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []
  return openid.discovery(issuer, settings.client, {}, openid.ClientSecretBasic(secret.expose()), {
    [openid.customFetch]: (url, options) => fetch(url, options as RequestInit),
    // By default the signature of a token that came over TLS is not looked at; here it is.
    execute: [openid.enableNonRepudiationChecks, ...insecure],
    timeout: 10,
  })
}

function algorithmOf(token: string | undefined): string {
  const [header = ''] = (token ?? '').split('.')
  const alg = readPointer(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')), '/alg')
  return typeof alg === 'string' ? alg : ''
}
