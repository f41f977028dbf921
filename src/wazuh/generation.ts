import { z } from 'zod'
import type { WazuhGeneration } from '../domain/alert.ts'
import { unlessAborted } from '../lib/abort.ts'
import { messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Indexer } from './indexer.ts'
import type { WazuhApi } from './server-api.ts'

/** What one of the two services said of itself. `silent`: it was asked, and did not say. */
export type ServiceVersion =
  | { readonly kind: 'said'; readonly version: string; readonly generation: WazuhGeneration }
  | { readonly kind: 'silent'; readonly reason: string }

/** Which Wazuh this is, and how that is known. */
export interface FoundWazuh {
  /** Where actions, events and rules go. Undefined: nobody said, and nobody set it. */
  readonly generation: WazuhGeneration | undefined
  /** Whose documents the indexer may hold. Both, while that is not known: what is looked for in vain costs nothing. */
  readonly indexed: readonly WazuhGeneration[]
  readonly setBy: 'server' | 'indexer' | 'socket' | 'setting' | undefined
  /** Undefined: not connected, or not asked since the setting decides. */
  readonly server: ServiceVersion | undefined
  readonly indexer: ServiceVersion | undefined
}

/**
 * Which Wazuh this is, as it says itself: 4.x has a server that analyses and alerts, 5.x has its findings in the indexer and
 * takes actions and rules there. Asked again now and then, for servers are upgraded.
 */
export interface WhichWazuh {
  /** Throws only what the signal says. */
  ask(signal: AbortSignal): Promise<FoundWazuh>
  /** What was found last. Where that is old, or nothing, it asks in the background. */
  known(): FoundWazuh | undefined
}

export interface WhichWazuhParts {
  readonly api: WazuhApi | undefined
  readonly indexer: Pick<Indexer, 'request'> | undefined
  /** Whether a manager's socket for events is on this machine: only Wazuh 4 has the analysis that reads it. */
  readonly socketHere: boolean
  /** What an admin says it is, whatever it says itself. */
  readonly set: WazuhGeneration | undefined
  readonly clock: Clock
}

/** An upgrade is noticed after as long; one call each. */
const keepMs = 10 * 60_000
/** What did not say is asked again sooner. */
const retryMs = 30_000

export const alertPatterns: Readonly<Record<WazuhGeneration, string>> = {
  4: 'wazuh-alerts-4.x-*',
  5: 'wazuh-findings-v5-*',
}

export function openWhichWazuh(parts: WhichWazuhParts): WhichWazuh {
  let last: { readonly found: FoundWazuh; readonly untilMs: number } | undefined
  let asking: Promise<FoundWazuh> | undefined
  const askNow = async () => {
    const found = await find(parts)
    const silent = found.server?.kind === 'silent' || found.indexer?.kind === 'silent'
    last = { found, untilMs: parts.clock.now() + (silent ? retryMs : keepMs) }
    return found
  }
  // One question at a time, whoever asks, and none is ended by the signal of another.
  const fresh = () => {
    if (last !== undefined && parts.clock.now() < last.untilMs) return Promise.resolve(last.found)
    asking ??= askNow().finally(() => {
      asking = undefined
    })
    return asking
  }
  return {
    known() {
      void fresh()
      return last?.found
    },
    ask: signal => unlessAborted(fresh(), signal),
  }
}

async function find({ api, indexer, socketHere, set }: WhichWazuhParts): Promise<FoundWazuh> {
  if (set !== undefined)
    return { generation: set, indexed: [set], setBy: 'setting', server: undefined, indexer: undefined }
  const [server, index] = await Promise.all([api && askServer(api), indexer && askIndexer(indexer)])
  const own = index?.kind === 'said' ? index.generation : undefined
  const shared = {
    server,
    indexer: index,
    indexed: indexer === undefined || own === undefined ? ([4, 5] as const) : await indexedBy(indexer, own),
  }
  // What acts is the server: an indexer may be newer or older than it for a while.
  if (server?.kind === 'said') return { generation: server.generation, setBy: 'server', ...shared }
  // A server that is there and does not say may be of another generation than its indexer.
  if (api === undefined && own !== undefined) return { generation: own, setBy: 'indexer', ...shared }
  return socketHere
    ? { generation: 4, setBy: 'socket', ...shared }
    : { generation: undefined, setBy: undefined, ...shared }
}

const apiInfo = z.object({ data: z.object({ api_version: z.string().max(40) }) })

/** `GET /` of the server API: `{data: {api_version: '4.14.7'}}`. Source: `api/api/spec/spec.yaml`. */
async function askServer(api: WazuhApi): Promise<ServiceVersion> {
  try {
    const { status, body } = await api({ method: 'GET', path: '/' }, soon())
    const version = apiInfo.safeParse(body).data?.data.api_version
    if (status !== 200 || version === undefined)
      return { kind: 'silent', reason: `the Wazuh API answers ${status} to GET /, without an api_version` }
    const major = Number(/^v?(\d{1,3})\./.exec(version)?.[1])
    if (major === 4 || major === 5) return { kind: 'said', version, generation: major }
    return {
      kind: 'silent',
      reason: `the Wazuh API is of version ${printable(version)}, which Tocsin does not know`,
    }
  } catch (error) {
    return { kind: 'silent', reason: messageOf(error) }
  }
}

const nodeInfo = z.object({ version: z.object({ number: z.string().max(40) }) })

/** `GET /` of the indexer: OpenSearch 2.x belongs to Wazuh 4, 3.x to Wazuh 5. */
async function askIndexer(indexer: Pick<Indexer, 'request'>): Promise<ServiceVersion> {
  try {
    const version = nodeInfo.safeParse(await indexer.request('GET', '/', undefined, soon())).data?.version
      .number
    const major = Number(/^(\d{1,3})\./.exec(version ?? '')?.[1])
    if (version === undefined || !(major >= 1))
      return { kind: 'silent', reason: 'the indexer answers GET / without a version' }
    return { kind: 'said', version, generation: major >= 3 ? 5 : 4 }
  } catch (error) {
    return { kind: 'silent', reason: messageOf(error) }
  }
}

const shardsOf = z.object({ _shards: z.object({ total: z.number() }) })

/** Its own generation, and the other where documents of it lie there: an upgraded indexer, or two servers on one. */
async function indexedBy(
  indexer: Pick<Indexer, 'request'>,
  own: WazuhGeneration,
): Promise<readonly WazuhGeneration[]> {
  const other: WazuhGeneration = own === 4 ? 5 : 4
  try {
    const path = `/${alertPatterns[other]}/_search?size=0&terminate_after=1`
    const reply = shardsOf.safeParse(await indexer.request('POST', path, undefined, soon())).data
    return reply !== undefined && reply._shards.total === 0 ? [own] : [4, 5]
  } catch {
    // Refused or away: both are looked for, and the source says what is wrong.
    return [4, 5]
  }
}

/** In one sentence, for people: the log, `tocsin doctor` and the console. */
export function describeWazuh(found: FoundWazuh): string {
  const { generation, setBy } = found
  if (setBy === 'setting') return `Wazuh ${generation}, as TOCSIN_WAZUH_GENERATION says`
  const said = [
    found.server?.kind === 'said'
      ? `the server API is ${printable(found.server.version)}`
      : found.server?.reason,
    found.indexer?.kind === 'said'
      ? `the indexer is OpenSearch ${printable(found.indexer.version)}`
      : found.indexer?.reason,
    setBy === 'socket' ? 'the socket of its analysis is on this machine' : undefined,
  ].filter(text => text !== undefined)
  if (said.length === 0)
    return 'neither a server API nor an indexer is connected that could say whether it is Wazuh 4 or 5'
  const what = generation === undefined ? 'not known whether Wazuh 4 or 5' : `Wazuh ${generation}`
  return `${what}: ${said.join('; ')}`
}

/** A version is text from outside, and goes to a terminal. */
function printable(version: string): string {
  return version.replace(/[^\w.+-]/g, '?')
}

/** A service that hangs must not hold up whoever wants to know, nor the end of the process. */
function soon(): AbortSignal {
  return AbortSignal.timeout(10_000)
}
