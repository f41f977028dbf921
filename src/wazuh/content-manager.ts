import { parseDocument } from 'yaml'
import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { AppError } from '../lib/app-error.ts'
import { canonicalJson, type Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'
import type { Indexer } from './indexer.ts'

/**
 * Sigma rules of Wazuh 5 through the indexer's content manager: a rule is written to the space `draft`, promoted to
 * `test`, and from there to `custom`, where it is run. Rules of ours stand in an integration of ours; only they are
 * promoted, whatever else waits in the spaces. Source: Wazuh indexer plugins, "Content Manager: API Reference" (5.0).
 */
export function openContentManager(indexer: Indexer): RuleDeployment {
  const call = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: Json | undefined,
    signal: AbortSignal,
  ) => indexer.request(method, `/_plugins/_content_manager/${path}`, body, signal)

  const promote = async (from: 'draft' | 'test', signal: AbortSignal): Promise<void> => {
    const preview = changesOf(await call('GET', `promote?space=${from}`, undefined, signal))
    const ours = new Set((await resources(indexer, signal)).filter(isOurs).map(({ id }) => id))
    const changes = Object.fromEntries(
      Object.entries(preview).map(([kind, list]) => [
        kind,
        kind === 'policy' ? list : list.filter(({ id }) => ours.has(id)),
      ]),
    )
    const wanted = [...(changes.rules ?? []), ...(changes.integrations ?? [])]
    if (wanted.length === 0) return
    await call('POST', 'promote', { space: from, changes }, signal)
  }

  const integration = async (signal: AbortSignal): Promise<string> => {
    const found = (await resources(indexer, signal)).find(
      one => one.kind === 'integration' && one.space === 'draft' && one.title === integrationTitle,
    )
    if (found) return found.id
    const resource = {
      title: integrationTitle,
      author: 'Tocsin',
      category: 'security',
      description: 'Rules that were drafted, measured and approved in Tocsin.',
      documentation: '',
      references: [],
      enabled: true,
    }
    return idIn(await call('POST', 'integrations', { resource }, signal), 'create an integration')
  }

  const find = async (fileName: string, space: Space, signal: AbortSignal) =>
    (await resources(indexer, signal)).find(
      one => one.kind === 'rule' && one.space === space && one.description.endsWith(mark(fileName)),
    )

  return {
    async read(fileName, signal) {
      const rule = await find(fileName, 'custom', signal)
      return rule && `${canonicalJson(withoutBookkeeping(rule.content))}\n`
    },
    async write(fileName, text, signal) {
      const resource = resourceOf(text, fileName)
      const present = await find(fileName, 'draft', signal)
      if (present) await call('PUT', `rules/${present.id}`, { resource }, signal)
      else await call('POST', 'rules', { integration: await integration(signal), resource }, signal)
    },
    async remove(fileName, signal) {
      const present = await find(fileName, 'draft', signal)
      if (present) await call('DELETE', `rules/${present.id}`, undefined, signal)
    },
    async validate(signal) {
      try {
        await promote('draft', signal)
        const probe = { queue: 1, location: 'tocsin', event: 'tocsin probe', trace_level: 'NONE' }
        const reply = await call('POST', 'logtest', probe, signal)
        const ok = isRecord(reply) && reply.status === 'OK'
        return { ok, details: ok ? '' : 'its logtest does not run' }
      } catch (error) {
        if (error instanceof AppError && error.code === 'indexer-refused')
          return { ok: false, details: error.message }
        throw error
      }
    },
    async restart(signal) {
      await promote('draft', signal)
      await promote('test', signal)
    },
    async isHealthy(signal) {
      const reply = await indexer.request('GET', '/_cluster/health', undefined, signal)
      return isRecord(reply) && (reply.status === 'green' || reply.status === 'yellow')
    },
    isSame: (left, right) => meaningOf(left) === meaningOf(right),
  }
}

type Space = 'draft' | 'test' | 'custom' | 'standard'

const integrationTitle = 'tocsin'
const mark = (fileName: string) => `Deployed by Tocsin as ${fileName}.`
const anyMark = /\n*Deployed by Tocsin as \S+\.$/

interface Resource {
  readonly kind: 'rule' | 'integration'
  readonly id: string
  readonly space: string
  readonly title: string
  readonly description: string
  readonly content: { readonly [key: string]: Json }
}

const isOurs = ({ kind, title, description }: Resource) =>
  kind === 'rule' ? anyMark.test(description) : title === integrationTitle

/** Rules and integrations of people's spaces. The parts of a resource stand in `document`, or at the top in early versions. */
async function resources(indexer: Indexer, signal: AbortSignal): Promise<Resource[]> {
  const all: Resource[] = []
  for (const kind of ['rule', 'integration'] as const) {
    const query = { bool: { filter: [{ terms: { 'space.name': ['draft', 'test', 'custom'] } }] } }
    const reply = await indexer.request(
      'POST',
      `/wazuh-threatintel-${kind}s/_search`,
      { size: 10_000, query },
      signal,
    )
    const hits =
      isRecord(reply) && isRecord(reply.hits) && Array.isArray(reply.hits.hits) ? reply.hits.hits : []
    for (const hit of hits) {
      if (!isRecord(hit) || !isRecord(hit._source)) continue
      const source = hit._source
      const content = isRecord(source.document) ? source.document : source
      const space = isRecord(source.space) ? source.space.name : source['space.name']
      all.push({
        kind,
        id: text(content.id) || text(hit._id),
        space: text(space),
        title: text(content.title) || (isRecord(content.metadata) ? text(content.metadata.title) : ''),
        description: text(content.description),
        content: content as { readonly [key: string]: Json }, // The indexer's own JSON.
      })
    }
  }
  return all
}

/** One Sigma document as the content manager takes it: YAML as JSON. Throws `cannot-express` for what it does not run. */
function resourceOf(sigma: string, fileName: string): { readonly [key: string]: Json } {
  const rule = ruleIn(sigma)
  const { id, description, ...rest } = rule
  return {
    ...rest,
    ...(typeof id === 'string' ? { sigma_id: id } : {}),
    description: `${text(description)}\n\n${mark(fileName)}`.trim(),
    enabled: true,
  }
}

function ruleIn(sigma: string): { readonly [key: string]: Json } {
  if (/^---\s*$/m.test(sigma.replace(/^\s*---\s*\n/, '')))
    throw new AppError('cannot-express', 'Wazuh 5 takes one Sigma rule at a time: split the documents')
  const rule: unknown = parseDocument(sigma).toJS({ maxAliasCount: 50 })
  if (!isRecord(rule) || rule.detection === undefined)
    throw new AppError('cannot-express', 'Wazuh 5 runs no Sigma correlations: only rules with a detection')
  return rule as { readonly [key: string]: Json } // Plain by the YAML core schema.
}

/** A stored rule as it can be written again. */
function withoutBookkeeping(content: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const { id: _id, enabled: _enabled, date: _date, modified: _modified, ...rest } = content
  return { ...rest, description: text(content.description).replace(anyMark, '') }
}

/** What a rule says, whatever its spelling and whatever the content manager adds. */
function meaningOf(text: string): string {
  try {
    return canonicalJson(comparable(ruleIn(text)))
  } catch {
    return text
  }
}

function comparable(rule: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const { title, logsource, detection, level } = rule
  return {
    title: title ?? null,
    description: text(rule.description).replace(anyMark, '').trim(),
    logsource: logsource ?? null,
    detection: detection ?? null,
    level: level ?? null,
  }
}

type Changes = Readonly<Record<string, readonly { readonly operation: string; readonly id: string }[]>>

function changesOf(reply: unknown): Changes {
  const changes = isRecord(reply) && isRecord(reply.changes) ? reply.changes : {}
  return Object.fromEntries(
    Object.entries(changes).map(([kind, list]) => [
      kind,
      (Array.isArray(list) ? list : []).flatMap(one =>
        isRecord(one) ? [{ operation: text(one.operation), id: text(one.id) }] : [],
      ),
    ]),
  )
}

function idIn(reply: unknown, what: string): string {
  const id = isRecord(reply) ? text(reply.message) : ''
  if (id === '') throw new AppError('indexer-refused', `the content manager did not ${what}: it names no id`)
  return id
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
