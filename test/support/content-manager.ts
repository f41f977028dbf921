import { randomUUID } from 'node:crypto'
import { AppError } from '../../src/lib/app-error.ts'
import type { Json } from '../../src/lib/canonical-json.ts'
import type { Indexer } from '../../src/wazuh/indexer.ts'

// A stand-in for the content manager of a Wazuh 5 indexer, which cannot run here, after its API reference (5.0). It
// refuses what the real one would: resources without what they need, titles that are taken, integrations that are not in
// draft, unknown members and paths, changes that the preview does not list. Rules run only from the space `custom`.

type Space = 'draft' | 'test' | 'custom'
type Kind = 'rules' | 'integrations'
interface Stored {
  readonly kind: Kind
  readonly id: string
  readonly document: { readonly [key: string]: Json }
}

export interface ContentManagerStandIn {
  readonly indexer: Indexer
  readonly spaces: Readonly<Record<Space, Map<string, Stored>>>
  readonly calls: string[]
  /** Refuses promotions into a space from now on, as a failing validation does. */
  failInto: Space | undefined
  /** Another person's rule that waits in draft. */
  addForeignDraft(title: string): string
}

const nextSpace = { draft: 'test', test: 'custom' } as const
const ruleMembers =
  /^(?:title|description|author|sigma_id|references|enabled|status|level|logsource|detection|tags|falsepositives|date|modified)$/

export function contentManagerStandIn(): ContentManagerStandIn {
  const spaces = {
    draft: new Map<string, Stored>(),
    test: new Map<string, Stored>(),
    custom: new Map<string, Stored>(),
  }
  const standIn: ContentManagerStandIn = {
    spaces,
    calls: [],
    failInto: undefined,
    addForeignDraft(title) {
      const id = randomUUID()
      spaces.draft.set(id, { kind: 'rules', id, document: { id, title, description: 'theirs' } })
      return id
    },
    indexer: {
      async request(method, path, body) {
        standIn.calls.push(`${method} ${path}`)
        return answer(standIn, method, path, JSON.parse(JSON.stringify(body ?? null)))
      },
      openView: () => refuse(400, 'not here'),
      closeView: () => refuse(400, 'not here'),
      page: () => refuse(400, 'not here'),
      counts: () => refuse(400, 'not here'),
    },
  }
  return standIn
}

function refuse(status: number, reason: string): never {
  throw new AppError(
    status >= 500 ? 'indexer-unreachable' : 'indexer-refused',
    `the indexer answers ${status}: ${reason}`,
  )
}

function answer(standIn: ContentManagerStandIn, method: string, path: string, body: Json): unknown {
  if (method === 'GET' && path === '/_cluster/health') return { status: 'yellow' }
  const search = /^\/wazuh-threatintel-(rules|integrations)\/_search$/.exec(path)
  if (method === 'POST' && search) return found(standIn, search[1] as Kind) // The pattern allows these two only.
  const [, place = ''] =
    /^\/_plugins\/_content_manager\/(.+)$/.exec(path) ?? refuse(404, `no handler for ${path}`)
  if (method === 'POST' && place === 'logtest') {
    const probe = members(body)
    if (
      typeof probe.queue !== 'number' ||
      typeof probe.location !== 'string' ||
      typeof probe.event !== 'string'
    )
      refuse(400, 'queue, location and event are required')
    return { status: 'OK', result: { output: '{}', asset_traces: [] } }
  }
  const preview = /^promote\?space=(draft|test)$/.exec(place)
  if (method === 'GET' && preview) return { changes: changes(standIn, preview[1] as 'draft' | 'test') }
  if (method === 'POST' && place === 'promote') return promote(standIn, members(body))
  const [, kind = '', id] = /^(rules|integrations)(?:\/([0-9a-f-]{36}))?$/.exec(place) ?? refuse(404, place)
  return change(standIn, method, kind as Kind, id, body)
}

function members(value: Json | undefined): { readonly [key: string]: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(400, 'the body is no object')
  return value as { readonly [key: string]: Json } // Just checked.
}

function found({ spaces }: ContentManagerStandIn, kind: Kind): unknown {
  const hits = Object.entries(spaces).flatMap(([space, stored]) =>
    [...stored.values()]
      .filter(one => one.kind === kind)
      // Documents have ids of their own in each space; the resource's is in the document.
      .map(one => ({ _id: randomUUID(), _source: { document: one.document, space: { name: space } } })),
  )
  return { hits: { hits } }
}

function change(
  { spaces: { draft } }: ContentManagerStandIn,
  method: string,
  kind: Kind,
  id: string | undefined,
  body: Json,
): unknown {
  const known = id === undefined ? undefined : draft.get(id)
  if (id !== undefined && known === undefined) refuse(404, `${kind} ${id} not found`)
  if (method === 'DELETE' && known) {
    draft.delete(known.id)
    return { message: known.id, status: 200 }
  }
  if (method !== (known ? 'PUT' : 'POST')) refuse(405, method)
  const { resource, integration } = members(body)
  const document = members(resource)
  const { title } = document
  if (typeof title !== 'string' || title === '') refuse(400, 'title is required')
  for (const other of draft.values())
    if (other.kind === kind && other.id !== id && other.document.title === title)
      refuse(400, `duplicate title ${title}`)
  if (kind === 'rules') {
    if (!known && (typeof integration !== 'string' || draft.get(integration)?.kind !== 'integrations'))
      refuse(400, 'the integration is not in the draft space')
    const odd = Object.keys(document).find(key => !ruleMembers.test(key))
    if (odd !== undefined) refuse(400, `unknown field ${odd}`)
    if (members(document.detection).condition === undefined) refuse(400, 'detection has no condition')
  } else if (!document.author || !document.category) refuse(400, 'author and category are required')
  const given = known?.id ?? randomUUID()
  draft.set(given, { kind, id: given, document: { ...document, id: given } })
  return { message: given, status: known ? 200 : 201 }
}

interface Change {
  readonly operation: string
  readonly id: string
}

function changes({ spaces }: ContentManagerStandIn, from: 'draft' | 'test'): Record<string, Change[]> {
  const [source, target] = [spaces[from], spaces[nextSpace[from]]]
  const list = (kind: Kind) => {
    const own = [...source.values()].filter(one => one.kind === kind)
    const gone = [...target.values()].filter(one => one.kind === kind && !source.has(one.id))
    return [
      ...own.flatMap(one => {
        const before = target.get(one.id)
        if (before === undefined) return [{ operation: 'add', id: one.id }]
        return JSON.stringify(before.document) === JSON.stringify(one.document)
          ? []
          : [{ operation: 'update', id: one.id }]
      }),
      ...gone.map(one => ({ operation: 'remove', id: one.id })),
    ]
  }
  const policy = [{ operation: 'update', id: 'f75bda3d-1926-4a8d-9c75-66382109ab04' }]
  return {
    kvdbs: [],
    rules: list('rules'),
    decoders: [],
    filters: [],
    integrations: list('integrations'),
    policy,
  }
}

function promote(standIn: ContentManagerStandIn, body: { readonly [key: string]: Json }): unknown {
  const { space } = body
  if (space !== 'draft' && space !== 'test') refuse(400, 'space is draft or test')
  const target = nextSpace[space]
  if (standIn.failInto === target) refuse(400, `validation failed in ${target}`)
  const listed = changes(standIn, space)
  for (const [kind, wanted] of Object.entries(members(body.changes))) {
    for (const one of Array.isArray(wanted) ? wanted : refuse(400, `${kind} is no list`)) {
      const { operation, id } = members(one)
      if (!listed[kind]?.some(each => each.operation === operation && each.id === id))
        refuse(400, `${operation} of ${id} is no change of ${space}`)
      if (kind !== 'rules' && kind !== 'integrations') continue
      const stored = standIn.spaces[space].get(String(id))
      if (operation === 'remove') standIn.spaces[target].delete(String(id))
      else if (stored) standIn.spaces[target].set(stored.id, stored)
    }
  }
  return { message: 'Promotion completed successfully', status: 200 }
}
