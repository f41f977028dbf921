import { parse } from 'yaml'
import { z } from 'zod'
import { AppError, messageOf } from '../../lib/app-error.ts'
import { Secret } from '../../lib/secret.ts'

const common = {
  /** Names the feed on reports and in the log. */
  id: z.string().regex(/^[\w.-]{1,60}$/),
  /** Admiralty code of the source: A completely reliable .. F cannot be judged. */
  trust: z.enum(['A', 'B', 'C', 'D', 'E', 'F']).default('F'),
  everyMinutes: z.number().int().min(5).default(60),
}

const overHttp = {
  ...common,
  url: z.url({ protocol: /^https?$/ }),
  /** Sent as `Authorization`, whole: `Bearer …`, `Basic …`, or a MISP key. */
  authorization: z
    .string()
    .transform(text => new Secret(text))
    .optional(),
  /** Networks that the host may resolve to besides public ones: `10.2.0.0/16`. */
  addresses: z.array(z.string()).optional(),
  /** Allows `http:` to a host that is not this machine. */
  plainHttp: z.boolean().optional(),
}

const feed = z.discriminatedUnion('kind', [
  /** RSS 2.0 or Atom: each entry is a report. */
  z.object({ kind: z.literal('rss'), ...overHttp }),
  /** A whole file at one address: CSV as of abuse.ch, CISA's KEV JSON, an advisory. One report, revised when it changes. */
  z.object({ kind: z.literal('file'), ...overHttp }),
  /** A TAXII 2.1 collection: `https://host/api-root/collections/ID/`. */
  z.object({ kind: z.literal('taxii'), ...overHttp }),
  /** A MISP feed: the folder that holds manifest.json. */
  z.object({ kind: z.literal('misp'), ...overHttp }),
  /** Security advisories as JSON: GitHub's (`https://api.github.com/advisories`) or OSV's. Each is a report, revised when it changes. */
  z.object({ kind: z.literal('advisories'), ...overHttp }),
  /** The REST API of a MISP instance: its address, with the key as `authorization`. */
  z.object({ kind: z.literal('misp-api'), ...overHttp }),
  /** A folder of this machine: each file in it is a report. */
  z.object({ kind: z.literal('folder'), ...common, path: z.string().min(1) }),
])
export type Feed = z.infer<typeof feed>
export type HttpFeed = Exclude<Feed, { kind: 'folder' }>

const settings = z.object({ feeds: z.array(feed) })

/** Reads feeds.yaml (`feeds: [{id, kind, url, …}]`). Throws `bad-usage` naming what is wrong. */
export function parseFeeds(text: string, file: string): Feed[] {
  let document: unknown
  try {
    document = parse(text) ?? { feeds: [] }
  } catch (error) {
    throw new AppError('bad-usage', `${file} is no YAML: ${messageOf(error)}`)
  }
  const result = settings.safeParse(document)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new AppError('bad-usage', `${file}: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const ids = result.data.feeds.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new AppError('bad-usage', `${file}: two feeds are called '${twice}'`)
  return result.data.feeds
}
