import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Agent, fetch as undiciFetch } from 'undici'
import { type AddressKind, addressIsIn, addressKind } from './address-range.ts'
import { AppError } from './app-error.ts'

/** A place that may be connected to. Set by an administrator, never by data. */
export interface EgressRule {
  /** A host name or an address, compared whole: `api.openai.com`, `10.0.0.7`, `localhost`. */
  readonly host: string
  readonly port: number
  /**
   * Addresses and networks that the host may resolve to besides public ones: `127.0.0.0/8`, `10.2.0.0/16`. A cloud's
   * metadata address counts only when it is named in full.
   */
  readonly addresses?: readonly string[]
  /**
   * What kinds of place the host may be at all, whatever else is allowed: a model that is called local must not turn
   * out to be elsewhere.
   */
  readonly only?: readonly AddressKind[]
  /** Allows `http:`. By default only a loopback address may be spoken to without TLS. */
  readonly plainHttp?: boolean
}

export interface EgressOptions {
  readonly rules: readonly EgressRule[]
  /** A private certificate authority (PEM) to trust beside the built-in ones. There is no way to trust less. */
  readonly extraCa?: readonly string[]
  readonly connectTimeoutMs?: number
  /** `return` hands a redirect to the caller, who decides. By default it is refused. */
  readonly redirects?: 'refuse' | 'return'
  /** Bytes of one answer, as sent and as unpacked; 256 MiB by default. Infinity only for what goes to a disk as it comes. */
  readonly maxAnswerBytes?: number
  /** How names are resolved; the system's resolver by default. */
  readonly lookup?: typeof systemLookup
}

export interface EgressClient {
  readonly fetch: typeof globalThis.fetch
  close(): Promise<void>
}

/** More than a page of alerts or a feed ever is: whoever sends more without end is cut off there. */
const usualAnswerBytes = 256 * 1024 * 1024

/**
 * A `fetch` that reaches only what the rules name. The connection is made to the very address that was checked, so
 * a name that resolves differently the next time gains nothing. Throws `egress-refused` before anything is sent, and
 * `redirect-refused` where the answer is a redirect.
 */
export function createEgressFetch(options: EgressOptions): EgressClient {
  const agents = new Map<EgressRule, Agent>()
  const { maxAnswerBytes = usualAnswerBytes } = options
  const agentFor = (rule: EgressRule): Agent => {
    const known = agents.get(rule)
    if (known) return known
    const agent = new Agent({
      allowH2: false,
      maxResponseSize: Number.isFinite(maxAnswerBytes) ? maxAnswerBytes : -1,
      connect: {
        timeout: options.connectTimeoutMs ?? 10_000,
        lookup: checkedLookup(rule, options.lookup ?? systemLookup),
        // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
        rejectUnauthorized: true,
        ...(options.extraCa ? { ca: [...rootCertificates, ...options.extraCa] } : {}),
      },
    })
    agents.set(rule, agent)
    return agent
  }
  const egressFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (input instanceof Request) throw refused('a Request object', 'give an address and options')
    const url = new URL(input)
    const rule = ruleFor(url, options.rules)
    checkLiteral(url, rule)
    const response = await (undiciFetch as unknown as AgentFetch)(url, {
      ...init,
      redirect: 'manual',
      dispatcher: agentFor(rule),
    })
    if (response.status >= 300 && response.status < 400 && options.redirects !== 'return') {
      await response.body?.cancel()
      // Unlike a refusal of ours, this comes after the request: it may have been carried out.
      throw new AppError(
        'redirect-refused',
        `${url.host} answered with a redirect (${response.status}), and redirects are not followed`,
      )
    }
    return unpackedWithin(response, maxAnswerBytes)
  }
  return {
    fetch: egressFetch,
    async close() {
      await Promise.all([...agents.values()].map(agent => agent.destroy()))
    },
  }
}

/** An answer that is unpacked as it is read counts unpacked, too: a few kilobytes may hold gigabytes. */
function unpackedWithin(response: Response, maxBytes: number): Response {
  if (response.body === null || response.headers.get('content-encoding') === null) return response
  let bytes = 0
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length
        if (bytes <= maxBytes) return controller.enqueue(chunk)
        throw new AppError('answer-too-large', `the answer unpacks to more than ${maxBytes} bytes`)
      },
    }),
  )
  const { status, statusText, headers } = response
  return new Response(counted, { status, statusText, headers: [...headers] })
}

/** undici's fetch and the built-in one are the same code; only their declared types have different sources. */
type AgentFetch = (
  url: URL,
  init: Omit<RequestInit, 'dispatcher'> & { readonly dispatcher: Agent },
) => Promise<Response>

function ruleFor(url: URL, rules: readonly EgressRule[]): EgressRule {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(url.protocol, 'only http and https')
  if (url.username !== '' || url.password !== '') throw refused(url.host, 'credentials in an address')
  const host = plainHost(url.hostname)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const rule = rules.find(each => plainHost(each.host) === host && each.port === port)
  if (!rule) throw refused(`${host}:${port}`, 'no egress rule names this host and port')
  if (url.protocol === 'http:' && !rule.plainHttp && !isLoopbackHost(host)) {
    throw refused(`${host}:${port}`, 'http without TLS; use https, or set plainHttp in its egress rule')
  }
  return rule
}

/** Without brackets, trailing dot and capitals. */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** Whether a name or address is this very machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || addressKind(host) === 'loopback'
}

/** An address in the place of a name is never looked up: it is checked here. */
function checkLiteral(url: URL, rule: EgressRule): void {
  const host = plainHost(url.hostname)
  if (isIP(host) !== 0) checkAddress(host, rule)
}

function checkAddress(address: string, rule: EgressRule): void {
  const kind = addressKind(address)
  if (rule.only && !rule.only.includes(kind)) {
    throw refused(
      `${rule.host}:${rule.port}`,
      `it leads to ${address}, a ${kind} address; only ${rule.only.join(' or ')} is allowed`,
    )
  }
  if (kind === 'public') return
  if (kind === 'loopback' && isLoopbackHost(plainHost(rule.host))) return
  const networks = rule.addresses ?? []
  const named =
    kind === 'metadata'
      ? networks.some(network => !network.includes('/') && addressIsIn(address, network))
      : networks.some(network => addressIsIn(address, network)) || plainHost(rule.host) === address
  if (!named) throw refused(`${rule.host}:${rule.port}`, `it leads to ${address}, a ${kind} address`)
}

/** How a connection that is no HTTP resolves its host: to addresses that the rule allows, or not at all. Throws `egress-refused`. */
export function lookupFor(rule: EgressRule): LookupFunction {
  const host = plainHost(rule.host)
  if (isIP(host) !== 0) checkAddress(host, rule) // An address in the place of a name is never looked up.
  return checkedLookup(rule, systemLookup)
}

function checkedLookup(rule: EgressRule, resolve: typeof systemLookup): LookupFunction {
  return (host, lookupOptions, done) => {
    resolve(host, { ...lookupOptions, all: true }, (error, found) => {
      if (error) return done(error, '')
      try {
        for (const { address } of found) checkAddress(address, rule)
      } catch (refusal) {
        return done(refusal instanceof Error ? refusal : new Error(String(refusal)), '')
      }
      if (lookupOptions.all) return done(null, found)
      const [first] = found
      if (first) done(null, first.address, first.family)
      else done(new Error(`${host} has no address`), '')
    })
  }
}

function refused(what: string, why: string): AppError {
  return new AppError('egress-refused', `no connection to ${what}: ${why}`)
}
