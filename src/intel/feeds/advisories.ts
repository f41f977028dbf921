import { z } from 'zod'
import { AppError } from '../../lib/app-error.ts'
import type { FeedItem } from './feed-items.ts'

const text = z.string().nullish().catch(null)

/** https://docs.github.com/en/rest/security-advisories/global-advisories. */
const github = z.looseObject({
  ghsa_id: z.string(),
  cve_id: text,
  html_url: text,
  summary: text,
  description: text,
  severity: text,
  updated_at: text,
  withdrawn_at: text,
  vulnerabilities: z
    .array(
      z.looseObject({
        package: z.looseObject({ ecosystem: text, name: text }).nullish(),
        vulnerable_version_range: text,
        first_patched_version: z.union([z.string(), z.looseObject({ identifier: text })]).nullish(),
      }),
    )
    .nullish()
    .catch(null),
})

/** https://ossf.github.io/osv-schema/. */
const osv = z.looseObject({
  id: z.string(),
  aliases: z.array(z.string()).nullish().catch(null),
  summary: text,
  details: text,
  modified: text,
  withdrawn: text,
  affected: z
    .array(z.looseObject({ package: z.looseObject({ ecosystem: text, name: text }).nullish() }))
    .nullish()
    .catch(null),
  references: z
    .array(z.looseObject({ url: text }))
    .nullish()
    .catch(null),
})

interface Advisory {
  readonly id: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly url: string | null | undefined
  readonly severity: string | null | undefined
  readonly updated: string | null | undefined
  readonly affected: readonly string[]
  readonly body: string
}

/**
 * The advisories of an answer: GitHub's list, OSV's `{vulns: [...]}` or one of either, as Markdown. What was withdrawn is
 * left out. A changed advisory takes the place of its earlier text.
 */
export function advisories(json: unknown): FeedItem[] {
  const list = Array.isArray(json) ? json : listIn(json)
  const read = list.map(each => advisoryOf(each))
  if (list.length > 0 && read.every(each => each === undefined))
    throw new AppError('not-a-feed', 'these are no advisories: neither GitHub’s nor OSV’s')
  return read.flatMap(each =>
    each === undefined || each === 'withdrawn'
      ? []
      : [{ name: `${each.id}.md`, bytes: Buffer.from(markdownOf(each)), document: each.id }],
  )
}

function listIn(json: unknown): unknown[] {
  const many = z.looseObject({ vulns: z.array(z.unknown()) }).safeParse(json)
  return many.success ? many.data.vulns : [json]
}

function advisoryOf(json: unknown): Advisory | 'withdrawn' | undefined {
  const ofGithub = github.safeParse(json)
  if (ofGithub.success) {
    const { data } = ofGithub
    if (data.withdrawn_at) return 'withdrawn'
    return {
      id: data.ghsa_id,
      aliases: data.cve_id ? [data.cve_id] : [],
      title: data.summary ?? data.ghsa_id,
      url: data.html_url,
      severity: data.severity,
      updated: data.updated_at,
      affected: (data.vulnerabilities ?? []).map(({ package: affected, vulnerable_version_range: range }) =>
        [affected?.ecosystem, affected?.name, range].filter(Boolean).join(' '),
      ),
      body: data.description ?? '',
    }
  }
  const ofOsv = osv.safeParse(json)
  if (!ofOsv.success) return undefined
  const { data } = ofOsv
  if (data.withdrawn) return 'withdrawn'
  return {
    id: data.id,
    aliases: data.aliases ?? [],
    title: data.summary ?? data.id,
    url: data.references?.[0]?.url,
    severity: undefined,
    updated: data.modified,
    affected: (data.affected ?? []).map(({ package: affected }) =>
      [affected?.ecosystem, affected?.name].filter(Boolean).join(' '),
    ),
    body: data.details ?? '',
  }
}

function markdownOf({ id, aliases, title, url, severity, updated, affected, body }: Advisory): string {
  const line = (name: string, value: string | null | undefined) => (value ? `${name}: ${value}\n` : '')
  return `# ${title.replaceAll(/\s+/g, ' ')}\n\n${line('url', url)}Advisory: ${[id, ...aliases].join(', ')}\n${line('Severity', severity)}${line('Updated', updated)}${affected
    .filter(each => each !== '')
    .map(each => `Affected: ${each}\n`)
    .join('')}\n${body}\n`
}
