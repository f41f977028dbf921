import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { AppError } from '../../lib/app-error.ts'

/** One report out of a feed. */
export interface FeedItem {
  readonly name: string
  readonly bytes: Uint8Array
  /** Names what changes: a later version of it is the same report. */
  readonly document?: string
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // Entities of a document type would let a feed grow without end; the five of XML itself are enough.
  processEntities: { enabled: true, maxTotalExpansions: 10_000, maxExpandedLength: 5_000_000 },
  parseTagValue: false,
  isArray: name => name === 'item' || name === 'entry' || name === 'link',
})

const text = z
  .union([z.string(), z.looseObject({ '#text': z.string() }).transform(value => value['#text'])])
  .catch('')
const link = z
  .array(
    z.union([
      z.string(),
      z.looseObject({
        '@href': z.string().optional(),
        '@rel': z.string().optional(),
        '#text': z.string().optional(),
      }),
    ]),
  )
  .catch([])

const entry = z.looseObject({
  title: text.optional(),
  link: link.optional(),
  description: text.optional(),
  summary: text.optional(),
  content: text.optional(),
  'content:encoded': text.optional(),
})
type Entry = z.infer<typeof entry>

/** The entries of an RSS 2.0 or Atom document as small HTML pages: title, link and the longest text there is. */
export function feedEntries(xml: string): FeedItem[] {
  const document: unknown = parser.parse(xml)
  const shape = z.looseObject({
    rss: z.looseObject({ channel: z.looseObject({ item: z.array(z.unknown()).default([]) }) }).optional(),
    feed: z.looseObject({ entry: z.array(z.unknown()).default([]) }).optional(),
  })
  const parsed = shape.safeParse(document)
  const entries = parsed.success ? (parsed.data.rss?.channel.item ?? parsed.data.feed?.entry) : undefined
  if (entries === undefined) throw new AppError('not-a-feed', 'this is neither RSS 2.0 nor Atom')
  return entries.flatMap(candidate => {
    const item = entry.safeParse(candidate)
    return item.success ? [pageOf(item.data)] : []
  })
}

function pageOf(item: Entry): FeedItem {
  const title = item.title ?? 'untitled'
  const texts = [item['content:encoded'], item.content, item.description, item.summary].map(
    value => value ?? '',
  )
  const body = texts.reduce((longest, value) => (value.length > longest.length ? value : longest), '')
  const url = addressOf(item)
  const canonical = url === undefined ? '' : `<link rel="canonical" href="${escapeHtml(url)}">`
  const page = `<!doctype html><html><head><title>${escapeHtml(title)}</title>${canonical}</head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`
  return { name: `${title.slice(0, 200)}.html`, bytes: Buffer.from(page) }
}

function addressOf({ link }: Entry): string | undefined {
  const first = link?.find(
    each => typeof each === 'string' || each['@rel'] === undefined || each['@rel'] === 'alternate',
  )
  const address = typeof first === 'string' ? first : (first?.['@href'] ?? first?.['#text'])
  return address !== undefined && /^https?:\/\//.test(address) ? address : undefined
}

function escapeHtml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

const manifest = z.record(z.string(), z.looseObject({ timestamp: z.coerce.number() }))

/** The events of a MISP feed that are newer than a time (seconds), oldest first. Source: the MISP core format's feeds. */
export function newerEvents(
  json: unknown,
  afterSeconds: number,
): { readonly uuid: string; readonly timestamp: number }[] {
  const parsed = manifest.safeParse(json)
  if (!parsed.success)
    throw new AppError('not-a-feed', 'this is no MISP feed: manifest.json is not of its shape')
  return Object.entries(parsed.data)
    .filter(([uuid, event]) => /^[0-9a-f-]{36}$/i.test(uuid) && event.timestamp > afterSeconds)
    .map(([uuid, { timestamp }]) => ({ uuid, timestamp }))
    .sort((a, b) => a.timestamp - b.timestamp)
}

const envelope = z.looseObject({
  more: z.boolean().default(false),
  next: z.string().optional(),
  objects: z.array(z.looseObject({ type: z.string() })).default([]),
})

/** A TAXII 2.1 envelope. */
export function readEnvelope(json: unknown): z.infer<typeof envelope> {
  const parsed = envelope.safeParse(json)
  if (!parsed.success) throw new AppError('not-a-feed', 'this is no TAXII 2.1 envelope')
  return parsed.data
}

const found = z.object({
  response: z.array(
    z.looseObject({ Event: z.looseObject({ uuid: z.string(), timestamp: z.coerce.number() }) }),
  ),
})

/** The events of an answer of MISP's `/events/restSearch`, each as a file of its own. */
export function restSearchEvents(json: unknown): { readonly item: FeedItem; readonly timestamp: number }[] {
  const parsed = found.safeParse(json)
  if (!parsed.success)
    throw new AppError('not-a-feed', 'this is no answer of MISP: it has no events of their shape')
  return parsed.data.response.map(event => ({
    item: {
      name: `${event.Event.uuid}.json`,
      bytes: Buffer.from(JSON.stringify(event)),
      document: event.Event.uuid,
    },
    timestamp: event.Event.timestamp,
  }))
}
