/**
 * Reads what is new in a feed. Where to go on is never later than our own clock, whatever the feed dates its entries: one
 * event of 2099 would hide all that come after it. Every request goes through the egress client, to the feed's own host and no other; answers
 * are bounded in size; nothing that a feed links to is fetched.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { withTimeout } from '../../lib/abort.ts'
import { AppError, assertNever } from '../../lib/app-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { createEgressFetch } from '../../lib/egress-fetch.ts'
import type { FeedState } from '../../store/intel-feeds.ts'
import { advisories } from './advisories.ts'
import { type FeedItem, feedEntries, newerEvents, readEnvelope, restSearchEvents } from './feed-items.ts'
import type { Feed, HttpFeed } from './feed-settings.ts'

/** What came, and where to go on. */
export interface FeedReading {
  readonly items: readonly FeedItem[]
  readonly state: Pick<FeedState, 'etag' | 'lastModified' | 'place'>
}

const largestAnswer = 64 * 1024 * 1024
/** All answers of one turn together: they are held until the turn is stored. */
const largestTurn = 2 * largestAnswer
const timeoutMs = 60_000
/** So many pages or events a turn; the rest comes with the next. */
const mostRequests = 50
const eventsPerPage = 100
/** File systems keep times coarsely, up to 2 s: what changed so shortly before is looked at again. */
const fileTickMs = 2_000

export async function fetchFeed(
  feed: Feed,
  state: FeedState,
  nowMs: number,
  signal: AbortSignal,
): Promise<FeedReading> {
  if (feed.kind === 'folder') return readFolder(feed.path, state, nowMs)
  const client = createEgressFetch({
    rules: [ruleFor(feed)],
    redirects: 'return',
    maxAnswerBytes: largestAnswer,
  })
  let bytes = 0
  const read: Read = async (url, headers = {}, body = undefined) => {
    const answer = await request(client.fetch, feed, { url, headers, body }, signal)
    bytes += answer.body.length
    if (bytes > largestTurn)
      throw new AppError('feed-too-large', `${feed.id} sends more than ${largestTurn} bytes in one turn`)
    return answer
  }
  try {
    switch (feed.kind) {
      case 'rss':
        return await readDocument(feed, state, nowMs, read, body => feedEntries(body.toString('utf8')))
      case 'file':
        return await readDocument(feed, state, nowMs, read, body => [
          { name: basename(new URL(feed.url).pathname) || feed.id, bytes: body, document: feed.url },
        ])
      case 'advisories':
        return await readDocument(feed, state, nowMs, read, body => advisories(parseJson(body)))
      case 'misp-api':
        return await readMispApi(feed, state, nowMs, read)
      case 'taxii':
        return await readTaxii(feed, state, nowMs, read)
      case 'misp':
        return await readMisp(feed, state, nowMs, read)
      default:
        return assertNever(feed)
    }
  } finally {
    await client.close()
  }
}

type Read = (url: string, headers?: Record<string, string>, body?: Json) => Promise<Answer>

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** A conditional request: an unchanged document costs neither side anything. */
async function readDocument(
  feed: HttpFeed,
  state: FeedState,
  nowMs: number,
  read: Read,
  itemsOf: (body: Buffer) => FeedItem[],
): Promise<FeedReading> {
  const answer = await read(feed.url, {
    ...(state.etag === null ? {} : { 'if-none-match': state.etag }),
    ...(state.lastModified === null ? {} : { 'if-modified-since': state.lastModified }),
  })
  if (answer.status === 304) return { items: [], state }
  const etag = answer.headers.get('etag')
  // Asked for what changed after a day to come, a server would say "nothing" until then.
  const dated = answer.headers.get('last-modified')
  const lastModified = dated !== null && Date.parse(dated) <= nowMs ? dated : null
  return { items: itemsOf(answer.body), state: { etag, lastModified, place: state.place } }
}

/** https://docs.oasis-open.org/cti/taxii/v2.1/: objects added after the last turn, page by page, as one bundle a page. */
async function readTaxii(feed: HttpFeed, state: FeedState, nowMs: number, read: Read): Promise<FeedReading> {
  const items: FeedItem[] = []
  const after = momentNotAfter(state.place, nowMs)
  let next: string | undefined
  for (let page = 0; page < mostRequests; page++) {
    const url = new URL('objects/', feed.url.endsWith('/') ? feed.url : `${feed.url}/`)
    if (after !== undefined) url.searchParams.set('added_after', after)
    if (next !== undefined) url.searchParams.set('next', next)
    const answer = await read(url.href, { accept: 'application/taxii+json;version=2.1' })
    const envelope = readEnvelope(parseJson(answer.body))
    if (envelope.objects.length > 0) {
      const bundle = { type: 'bundle', id: `bundle--${feed.id}`, objects: envelope.objects }
      items.push({
        name: `${feed.id} ${new Date(nowMs).toISOString()} ${page + 1}.json`,
        bytes: Buffer.from(JSON.stringify(bundle)),
      })
    }
    if (!envelope.more || envelope.next === undefined) {
      // The last page says how far this went. Without it: as far as when we asked, and nowhere where nothing came.
      const said = momentNotAfter(answer.headers.get('x-taxii-date-added-last'), nowMs)
      const place = said ?? (items.length > 0 ? new Date(nowMs).toISOString() : (after ?? null))
      return { items, state: { etag: null, lastModified: null, place } }
    }
    next = envelope.next
  }
  throw new AppError('too-many-pages', `more than ${mostRequests} pages; narrow the collection`)
}

/** A date as it was written, unless it is none or still to come. */
function momentNotAfter(written: string | null, nowMs: number): string | undefined {
  return written !== null && Date.parse(written) <= nowMs ? written : undefined
}

/**
 * Where a MISP feed stands, in seconds: through which time everything was read, and how far in the times to come. Those
 * are read after all else, and over and over, since more may come before them; what is the same is known by its text.
 */
function mispPlace(
  place: string | null,
  nowMs: number,
): { readonly through: number; readonly ahead: number } {
  const [through = 0, ahead = 0] = (place ?? '').split('/').map(Number)
  const nowSeconds = Math.floor(nowMs / 1000)
  // A clock of ours that was ahead: everything is read again.
  return { through: through <= nowSeconds ? through : 0, ahead: Number.isFinite(ahead) ? ahead : 0 }
}

async function readMisp(feed: HttpFeed, state: FeedState, nowMs: number, read: Read): Promise<FeedReading> {
  const base = feed.url.endsWith('/') ? feed.url : `${feed.url}/`
  const manifest = await read(new URL('manifest.json', base).href)
  const nowSeconds = Math.floor(nowMs / 1000)
  const { through, ahead } = mispPlace(state.place, nowMs)
  const isAhead = ({ timestamp }: { timestamp: number }) => timestamp > nowSeconds
  const newer = newerEvents(parseJson(manifest.body), through)
  const past = newer.filter(event => !isAhead(event))
  const later = newer.filter(event => isAhead(event) && event.timestamp > ahead)
  const events = turnOf([...past, ...later])
  const items: FeedItem[] = []
  let last: (typeof events)[number] | undefined
  const place = { through, ahead: later.length === 0 ? 0 : ahead }
  let bytes = manifest.body.length
  for (const event of events) {
    // What has no room in this turn comes with the next, which begins behind the second of the last one.
    const isNext = last !== undefined && event.timestamp > last.timestamp
    if (bytes > largestTurn - largestAnswer && isNext) break
    const answer = await read(new URL(`${event.uuid}.json`, base).href)
    bytes += answer.body.length
    items.push({ name: `${event.uuid}.json`, bytes: answer.body, document: event.uuid })
    last = event
    place[isAhead(event) ? 'ahead' : 'through'] = event.timestamp
  }
  const written = place.ahead === 0 ? String(place.through) : `${place.through}/${place.ahead}`
  return { items, state: { etag: null, lastModified: null, place: written } }
}

/** So many events, and those of the last one's second, which the next turn begins behind. */
function turnOf<T extends { readonly timestamp: number }>(events: readonly T[]): readonly T[] {
  let end = Math.min(events.length, mostRequests)
  const last = events[end - 1]?.timestamp
  while (end < events.length && end < 10 * mostRequests && events[end]?.timestamp === last) end++
  return events.slice(0, end)
}

/** https://www.misp-project.org/openapi/: published events that changed after the last turn, oldest first, page by page. */
async function readMispApi(
  feed: HttpFeed,
  state: FeedState,
  nowMs: number,
  read: Read,
): Promise<FeedReading> {
  const url = new URL('events/restSearch', feed.url.endsWith('/') ? feed.url : `${feed.url}/`).href
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const { through } = mispPlace(state.place, nowMs)
  const items: FeedItem[] = []
  let newest = through
  for (let page = 1; page <= mostRequests; page++) {
    const asked = {
      returnFormat: 'json',
      published: true,
      timestamp: through + 1,
      limit: eventsPerPage,
      page,
    }
    const events = restSearchEvents(parseJson((await read(url, headers, asked)).body))
    for (const { item, timestamp } of events) {
      items.push(item)
      if (timestamp * 1000 <= nowMs) newest = Math.max(newest, timestamp)
    }
    if (events.length < eventsPerPage)
      return { items, state: { etag: null, lastModified: null, place: String(newest) } }
  }
  throw new AppError('too-many-pages', `more than ${mostRequests} pages; narrow the events of this key`)
}

/**
 * Files that changed since the last turn, by when the file system says so and not by the time that a file was given: one
 * that was moved here keeps its own. Links are not followed; names beginning with a dot are somebody's half-written files.
 */
async function readFolder(path: string, state: FeedState, nowMs: number): Promise<FeedReading> {
  const known = Number(state.place ?? 0)
  const after = known <= nowMs ? known : 0
  const items: FeedItem[] = []
  let newest = after
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const file = join(path, entry.name)
    const { ctimeMs, size } = await stat(file)
    if (ctimeMs <= after || size > 5 * largestAnswer) continue
    items.push({ name: entry.name, bytes: await readFile(file) })
    newest = Math.max(newest, ctimeMs)
  }
  const place = String(Math.max(after, Math.min(newest, nowMs - fileTickMs)))
  return { items, state: { etag: null, lastModified: null, place } }
}

async function request(
  fetch: typeof globalThis.fetch,
  feed: HttpFeed,
  { url, headers, body }: { url: string; headers: Record<string, string>; body: Json | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  const authorization = feed.authorization?.expose()
  const response = await fetch(url, {
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    signal: withTimeout(timeoutMs, `feed ${feed.id}`, signal),
  })
  if (response.status !== 304 && !response.ok) {
    await response.body?.cancel()
    // A redirect would lead to a host that nobody allowed: the administrator sets the new address.
    const why = response.status < 400 ? 'a redirect, which is not followed' : 'a refusal'
    throw new AppError('feed-refused', `${feed.id} answered ${response.status}: ${why}`, { retryable: true })
  }
  return { status: response.status, headers: response.headers, body: await bounded(response, feed.id) }
}

async function bounded(response: Response, id: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > largestAnswer)
      throw new AppError('feed-too-large', `${id} sends more than ${largestAnswer} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('not-a-feed', 'the answer is no JSON', { cause })
  }
}

function ruleFor(feed: HttpFeed) {
  const { hostname, port, protocol } = new URL(feed.url)
  return {
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(feed.addresses === undefined ? {} : { addresses: feed.addresses }),
    ...(feed.plainHttp === undefined ? {} : { plainHttp: feed.plainHttp }),
  }
}
