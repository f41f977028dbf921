import { z } from 'zod'
import { AppError } from '../../lib/app-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { type AgentState, inventoryKinds, type StateRows } from '../../wazuh/agent-state.ts'
import type { Indexer } from '../../wazuh/indexer.ts'
import {
  countEvidence,
  page,
  plural,
  rowEvidence,
  type Tool,
  type ToolFinding,
  type ToolRow,
  tool,
} from './tool.ts'

const agent = z.string().min(1).max(200).describe('agent id (001) or name')
const search = z.string().max(200).optional().describe('words in any field')

/** What Wazuh knows of hosts, from the server API (4.x) or the indexer's states (4.8 and later, 5.x). */
export function hostTools(agents: AgentState | undefined, indexer: Indexer | undefined): Tool[] {
  return [
    ...(agents === undefined ? [] : apiTools(agents)),
    ...(indexer === undefined ? [] : [vulnerabilities(agents, indexer)]),
    ...(agents === undefined && indexer !== undefined ? [inventoryFromIndexer(indexer)] : []),
  ]
}

function apiTools(agents: AgentState): Tool[] {
  const agentIdOf = (text: string, signal: AbortSignal) => findAgentId(agents, text, signal)
  return [
    tool({
      name: 'agent_status',
      title: 'Agents',
      description: 'Agents with status, operating system, version, groups and last contact.',
      role: 'viewer',
      input: z.object({
        search,
        status: z.enum(['active', 'disconnected', 'pending', 'never_connected']).optional(),
        ...page,
      }),
      async run(input, { signal }) {
        const found = await agents.agents(input, signal)
        const what = `${plural(found.total, 'agent')}${input.status === undefined ? '' : ` ${input.status}`}${input.search === undefined ? '' : ` for '${input.search}'`}`
        return findingOf(what, 'agents', found, input.offset, item => ({
          id: item.id ?? null,
          name: item.name ?? null,
          status: item.status ?? null,
          ip: item.ip ?? null,
          os: osOf(item.os),
          version: item.version ?? null,
          groups: item.group ?? null,
          last_contact: item.lastKeepAlive ?? null,
        }))
      },
    }),
    tool({
      name: 'host_inventory',
      title: 'Inventory of a host',
      description: `What syscollector found on a host: ${inventoryKinds.join(', ')}.`,
      role: 'viewer',
      input: z.object({ agent, kind: z.enum(inventoryKinds), search, ...page }),
      async run(input, { signal }) {
        const id = await agentIdOf(input.agent, signal)
        const found = await agents.inventory(id, input.kind, input, signal)
        return findingOf(
          `${found.total} ${input.kind} on agent ${id}${input.search === undefined ? '' : ` for '${input.search}'`}`,
          `agent/${id}/${input.kind}`,
          found,
          input.offset,
        )
      },
    }),
    tool({
      name: 'host_configuration',
      title: 'Configuration checks of a host (SCA)',
      description: 'Policies with scores; with a policy, its checks, failed ones where asked for.',
      role: 'viewer',
      input: z.object({
        agent,
        policy: z.string().max(200).optional(),
        result: z.enum(['passed', 'failed', 'not applicable']).optional(),
        search,
        ...page,
      }),
      async run(input, { signal }) {
        const id = await agentIdOf(input.agent, signal)
        if (input.policy === undefined) {
          const found = await agents.sca(id, input, signal)
          return findingOf(
            plural(found.total, 'policy', 'policies').concat(` on agent ${id}`),
            `agent/${id}/sca`,
            found,
            input.offset,
          )
        }
        const found = await agents.scaChecks(id, input.policy, input, signal)
        return findingOf(
          `${plural(found.total, 'check')}${input.result === undefined ? '' : ` ${input.result}`} of ${input.policy} on agent ${id}`,
          `agent/${id}/sca/${input.policy}`,
          found,
          input.offset,
        )
      },
    }),
    tool({
      name: 'host_files',
      title: 'Watched files of a host (FIM)',
      description: 'The file integrity database: path, owner, hashes, times of change.',
      role: 'viewer',
      input: z.object({ agent, search, ...page }),
      async run(input, { signal }) {
        const id = await agentIdOf(input.agent, signal)
        const found = await agents.files(id, input, signal)
        return findingOf(
          `${plural(found.total, 'watched file')} on agent ${id}${input.search === undefined ? '' : ` for '${input.search}'`}`,
          `agent/${id}/fim`,
          found,
          input.offset,
        )
      },
    }),
  ]
}

async function findAgentId(agents: AgentState, text: string, signal: AbortSignal): Promise<string> {
  if (/^\d{3,8}$/.test(text)) return text
  const { rows } = await agents.agents({ search: text, offset: 0, limit: 50 }, signal)
  const found = rows.filter(row => String(row.name).toLowerCase() === text.toLowerCase())
  const [only] = found
  if (only === undefined || found.length > 1)
    throw new AppError(
      'not-found',
      found.length > 1
        ? `${found.length} agents are called ${text}: give the id`
        : `Wazuh knows no agent called ${text}`,
    )
  return String(only.id)
}

function osOf(os: Json | undefined): string | null {
  if (typeof os !== 'object' || os === null || Array.isArray(os)) return null
  const named = os as { readonly [name: string]: Json } // Not an array, as checked.
  return [named.name, named.version].filter(part => typeof part === 'string').join(' ') || null
}

/** Names on a host can be chosen by whoever is on it, so rows are never more than what was written there. */
function findingOf(
  what: string,
  source: string,
  { rows, total }: StateRows,
  offset: number,
  shape: (row: ToolRow) => ToolRow = row => row,
): ToolFinding {
  const shown = rows.map(shape)
  const next = offset + shown.length
  return {
    summary: `${what}.`,
    rows: shown,
    total,
    ...(next < total && shown.length > 0 ? { nextOffset: next } : {}),
    evidence: [
      countEvidence(source, what, { total }),
      ...shown.map(row => rowEvidence(row, { source, trust: 'attacker-controlled', label: source })),
    ],
  }
}

function vulnerabilities(agents: AgentState | undefined, indexer: Indexer): Tool {
  return tool({
    name: 'host_vulnerabilities',
    title: 'Vulnerabilities',
    description:
      'Vulnerable packages by host, CVE, package and severity, from Wazuh’s own detection; highest score first.',
    role: 'viewer',
    input: z.object({
      agent: agent.optional(),
      cve: z
        .string()
        .regex(/^CVE-\d{4}-\d{4,}$/i)
        .optional(),
      package: z.string().max(200).optional(),
      severity: z.enum(['Critical', 'High', 'Medium', 'Low']).optional(),
      ...page,
    }),
    async run(input, { signal }) {
      const byId = input.agent !== undefined && /^\d{3,8}$/.test(input.agent)
      const id =
        input.agent === undefined || byId || agents === undefined
          ? input.agent
          : await findAgentId(agents, input.agent, signal).catch(() => input.agent) // Then it is looked for by its name.
      const filter = [
        ...(id === undefined ? [] : [{ term: { [/^\d{3,8}$/.test(id) ? 'agent.id' : 'agent.name']: id } }]),
        ...(input.cve === undefined ? [] : [{ term: { 'vulnerability.id': input.cve.toUpperCase() } }]),
        ...(input.package === undefined ? [] : [{ term: { 'package.name': input.package } }]),
        ...(input.severity === undefined ? [] : [{ term: { 'vulnerability.severity': input.severity } }]),
      ]
      const found = await searchStates(indexer, 'wazuh-states-vulnerabilities-*', filter, input, signal, [
        { 'vulnerability.score.base': { order: 'desc', unmapped_type: 'float' } },
      ])
      const words = [input.agent, input.cve, input.package, input.severity].filter(word => word !== undefined)
      return findingOf(
        `${plural(found.total, 'vulnerable package')}${words.length === 0 ? '' : ` (${words.join(', ')})`}`,
        'vulnerabilities',
        found,
        input.offset,
        row => ({
          host: memberOf(row.agent, 'name'),
          cve: memberOf(row.vulnerability, 'id'),
          severity: memberOf(row.vulnerability, 'severity'),
          score: memberOf(memberOf(row.vulnerability, 'score'), 'base'),
          package: memberOf(row.package, 'name'),
          version: memberOf(row.package, 'version'),
          detected: memberOf(row.vulnerability, 'detected_at'),
        }),
      )
    },
  })
}

/** Where there is no server API, or none with these paths (5.x): the states that agents write into the indexer. */
function inventoryFromIndexer(indexer: Indexer): Tool {
  const kinds = [
    'system',
    'hardware',
    'packages',
    'processes',
    'ports',
    'networks',
    'users',
    'groups',
    'services',
    'hotfixes',
  ] as const
  return tool({
    name: 'host_inventory',
    title: 'Inventory of a host',
    description: `What Wazuh found on a host: ${kinds.join(', ')}.`,
    role: 'viewer',
    input: z.object({ agent, kind: z.enum(kinds), ...page }),
    async run(input, { signal }) {
      const field = /^\d{3,8}$/.test(input.agent) ? 'agent.id' : 'agent.name'
      const pattern = `wazuh-states-inventory-${input.kind}-*`
      const filter = [{ term: { [field]: input.agent } }]
      const found = await searchStates(indexer, pattern, filter, input, signal, ['_doc'])
      return findingOf(
        `${found.total} ${input.kind} on ${input.agent}`,
        `agent/${input.agent}/${input.kind}`,
        found,
        input.offset,
      )
    },
  })
}

async function searchStates(
  indexer: Indexer,
  pattern: string,
  filter: readonly Json[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
  signal: AbortSignal,
  sort: Json,
): Promise<StateRows> {
  const path = `/${encodeURIComponent(pattern)}/_search?ignore_unavailable=true&allow_no_indices=true`
  const body = {
    from: Math.min(offset, 9_900),
    size: limit,
    query: { bool: { filter } },
    sort,
    track_total_hits: true,
  }
  const reply = await indexer.request('POST', path, body, signal)
  const parsed = statesReply.safeParse(reply)
  if (!parsed.success)
    throw new AppError(
      'indexer-refused',
      'the indexer answered a search without hits: is this an OpenSearch?',
    )
  return { rows: parsed.data.hits.hits.map(hit => hit._source), total: parsed.data.hits.total.value }
}

const statesReply = z.object({
  hits: z.object({
    total: z.object({ value: z.number() }),
    hits: z.array(z.object({ _source: z.record(z.string(), z.json()) })),
  }),
})

function memberOf(value: Json | undefined, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return (value as { readonly [name: string]: Json })[name] ?? null // Not an array, as checked.
}
