import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { WazuhApi } from './server-api.ts'

/** What syscollector knows of a host, by its path in the server API. */
export const inventoryKinds = [
  'os',
  'hardware',
  'packages',
  'processes',
  'ports',
  'netaddr',
  'netiface',
  'hotfixes',
  'users',
  'groups',
  'services',
  'browser_extensions',
] as const
export type InventoryKind = (typeof inventoryKinds)[number]

export interface StatePage {
  readonly offset: number
  /** At most 500, the API's own default. */
  readonly limit: number
  /** Words to look for in any field, as the API's `search` does. */
  readonly search?: string | undefined
}

/** Rows as the API gives them. Names and paths in them were written on the host: hostile. */
export interface StateRows {
  readonly rows: readonly { readonly [name: string]: Json }[]
  readonly total: number
}

/** Reads what Wazuh knows of its agents. Never changes anything. */
export interface AgentState {
  agents(page: StatePage & { readonly status?: string | undefined }, signal: AbortSignal): Promise<StateRows>
  inventory(agentId: string, kind: InventoryKind, page: StatePage, signal: AbortSignal): Promise<StateRows>
  /** Policies with their scores. */
  sca(agentId: string, page: StatePage, signal: AbortSignal): Promise<StateRows>
  scaChecks(
    agentId: string,
    policyId: string,
    page: StatePage & { readonly result?: string | undefined },
    signal: AbortSignal,
  ): Promise<StateRows>
  /** The file integrity database. */
  files(agentId: string, page: StatePage, signal: AbortSignal): Promise<StateRows>
}

const reply = z.object({
  data: z.object({
    affected_items: z.array(z.record(z.string(), z.json())),
    total_affected_items: z.number(),
    failed_items: z
      .array(z.object({ error: z.object({ code: z.number(), message: z.string() }) }))
      .default([]),
  }),
})

/**
 * Over the server API of 4.x (`/agents`, `/syscollector/{id}/…`, `/sca/{id}`, `/syscheck/{id}`; api/api/spec/spec.yaml
 * 4.14.7). Throws `bad-usage` for an id that is none, `wazuh-refused` where the API says no.
 */
export function openAgentState(api: WazuhApi): AgentState {
  const read = async (
    path: string,
    { offset, limit, search }: StatePage,
    more: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): Promise<StateRows> => {
    const given = Object.entries({ offset: String(offset), limit: String(limit), search, ...more })
    const query = Object.fromEntries(
      given.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
    )
    const { status, body } = await api({ method: 'GET', path, query }, signal)
    const parsed = reply.safeParse(body)
    if (status !== 200 || !parsed.success)
      throw new AppError('wazuh-refused', `Wazuh answered ${status} to ${path}`, { retryable: status >= 500 })
    const { affected_items: rows, total_affected_items: total, failed_items: failed } = parsed.data.data
    const [first] = failed
    if (rows.length === 0 && first !== undefined)
      throw new AppError('wazuh-refused', `Wazuh: ${first.error.message} (${first.error.code})`)
    return { rows, total }
  }
  return {
    agents: (page, signal) => read('/agents', page, { status: page.status }, signal),
    inventory: (id, kind, page, signal) => read(`/syscollector/${agentId(id)}/${kind}`, page, {}, signal),
    sca: (id, page, signal) => read(`/sca/${agentId(id)}`, page, {}, signal),
    scaChecks: (id, policyId, page, signal) =>
      read(
        `/sca/${agentId(id)}/checks/${encodeURIComponent(policyId)}`,
        page,
        { result: page.result },
        signal,
      ),
    files: (id, page, signal) => read(`/syscheck/${agentId(id)}`, page, {}, signal),
  }
}

function agentId(text: string): string {
  if (!/^\d{3,8}$/.test(text))
    throw new AppError('bad-usage', `'${text.slice(0, 40)}' is not the id of an agent`)
  return text
}
