import { readFile } from 'node:fs/promises'
import type { ProviderSettings } from '../accounts/provider-settings.ts'
import type { Config } from '../config.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { createEgressFetch, isLoopbackHost } from '../lib/egress-fetch.ts'
import { openProviderOf } from '../main/open-provider.ts'
import type { Io } from './command.ts'
import type { Finding } from './doctor.ts'
import { callbackOf } from './sign-in.ts'

/** The OpenID provider: asked who it is, and to begin a sign-in that nobody goes on with. */
export async function signIn(config: Config, io: Io): Promise<Finding[]> {
  const check = 'sign-in'
  try {
    const provider = await openProviderOf(config)
    if (provider === undefined)
      return [{ check, state: 'off', detail: 'with accounts of Tocsin only: there is no sign-in.yaml' }]
    const callback = callbackOf(config)
    const { url } = await provider.begin(callback)
    const begun = await begin(url, provider.settings, io.signal)
    return [
      { check, state: 'ok', detail: `${provider.settings.issuer} answers` },
      redirectFinding(config, callback, begun),
      clockFinding('the sign-in provider', begun.aheadMs),
    ]
  } catch (error) {
    const unreachable = error instanceof AppError && error.code === 'provider-unavailable'
    const hint = unreachable
      ? `Check issuer, hosts, addresses and authority in ${config.signInFile}, and that this machine reaches it.`
      : `Mend ${config.signInFile}: see tocsin sign-in --help.`
    return [{ check, state: 'failed', detail: messageOf(error), hint }]
  }
}

interface Begun {
  /** Why the provider does not go on; undefined where it does, as far as it shows. */
  readonly refusal: string | undefined
  /** How far this machine's clock is ahead of the provider's; undefined where it does not tell. */
  readonly aheadMs: number | undefined
}

/** As a browser that is sent there, up to the first answer. */
async function begin(address: string, settings: ProviderSettings, signal: AbortSignal): Promise<Begun> {
  const { host, hostname, port, protocol } = new URL(address)
  // The provider's document names this address: it must not lead into our network, but where the operator said that.
  const isNamed = host === new URL(settings.issuer).host || settings.hosts.includes(host)
  const addresses = settings.addresses === undefined ? {} : { addresses: settings.addresses }
  const egress = createEgressFetch({
    rules: [
      {
        host: hostname,
        port: Number(port) || (protocol === 'https:' ? 443 : 80),
        ...(isNamed ? addresses : { only: ['public'] as const }),
      },
    ],
    redirects: 'return',
    ...(settings.authority === undefined ? {} : { extraCa: [await readFile(settings.authority, 'utf8')] }),
  })
  try {
    const sentMs = Date.now()
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)])
    const answer = await egress.fetch(address, { signal: limit })
    await answer.body?.cancel()
    const theirsMs = Date.parse(answer.headers.get('date') ?? '')
    return {
      refusal: refusalIn(answer, address),
      // Its time is in whole seconds, and as of some moment between question and answer.
      aheadMs: Number.isNaN(theirsMs) ? undefined : (sentMs + Date.now()) / 2 - (theirsMs + 500),
    }
  } catch (error) {
    return { refusal: messageOf(error), aheadMs: undefined }
  } finally {
    await egress.close()
  }
}

/** A page that says no, or a way back that holds an error (RFC 6749, section 4.1.2.1). */
function refusalIn(answer: Response, address: string): string | undefined {
  if (answer.status >= 400) return `it answers ${answer.status}`
  const location = answer.headers.get('location')
  if (location === null || !URL.canParse(location, address)) return undefined
  const error = new URL(location, address).searchParams.get('error')
  return error === null ? undefined : `it answers ${error.replace(/[^\w.-]/g, '?').slice(0, 64)}`
}

function redirectFinding(config: Config, callback: string, { refusal }: Begun): Finding {
  const check = 'redirect'
  if (refusal !== undefined)
    return {
      check,
      state: 'failed',
      detail: `the provider does not begin a sign-in that comes back to ${callback}: ${refusal}`,
      hint: `Register exactly that address for the client, or set TOCSIN_PUBLIC_URL to the one that people use; check client and scopes in ${config.signInFile}, and name hosts of your own network there.`,
    }
  if (config.publicUrl === undefined && !isLoopbackHost(config.host))
    return {
      check,
      state: 'warning',
      detail: `the provider takes ${callback}, which is this machine only`,
      hint: 'Set TOCSIN_PUBLIC_URL to the address that people use, and register its callback.',
    }
  return { check, state: 'ok', detail: `the provider takes ${callback}` }
}

/** A token is good from when it was made until it ends, by two clocks; 30 s are forgiven. */
const forgivenMs = 30_000

/** How this machine's clock stands to another's. */
export function clockFinding(whose: string, aheadMs: number | undefined): Finding {
  const check = 'clock'
  if (aheadMs === undefined) return { check, state: 'off', detail: `${whose} does not tell its time` }
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const side = aheadMs > 0 ? 'ahead of' : 'behind'
  return seconds * 1000 > forgivenMs
    ? {
        check,
        state: 'failed',
        detail: `this machine is ${seconds} s ${side} ${whose}`,
        hint: 'Let both keep time by NTP (timedatectl set-ntp true): tokens count as expired, and events are put in the wrong order.',
      }
    : { check, state: 'ok', detail: `as ${whose}, within ${Math.max(seconds, 1)} s` }
}
