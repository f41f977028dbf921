import { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import type { WazuhApi } from './server-api.ts'

/** What the server knows of an agent. */
export interface WazuhAgent {
  readonly agentId: string
  readonly name: string
  readonly operatingSystem?: string
  readonly status?: string
  readonly groups?: readonly string[]
}

const reply = z.object({
  data: z.object({
    affected_items: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        status: z.string().optional(),
        group: z.array(z.string()).optional(),
        os: z.object({ name: z.string().optional(), version: z.string().optional() }).optional(),
      }),
    ),
  }),
})

const freshMs = 10 * 60_000
const maxKnown = 50_000

/**
 * Looks agents up through the server API, each at most every ten minutes. An API that does not answer costs the facts
 * about the host and nothing else: a brief must not wait for it.
 */
export function openAgentLookup(
  api: WazuhApi,
  clock: Clock,
  onTrouble: (error: unknown) => void,
): (ids: readonly string[]) => Promise<WazuhAgent[]> {
  const known = new Map<string, { readonly agent: WazuhAgent | undefined; readonly untilMs: number }>()
  return async ids => {
    const nowMs = clock.now()
    const wanted = ids.filter(id => /^\d{3,8}$/.test(id))
    const stale = wanted.filter(id => (known.get(id)?.untilMs ?? 0) <= nowMs).slice(0, 100)
    if (stale.length > 0) {
      const found = await ask(api, stale).catch(error => {
        onTrouble(error)
        return []
      })
      if (known.size > maxKnown) known.clear()
      for (const id of stale) {
        const agent = found.find(entry => entry.agentId === id)
        known.set(id, { agent, untilMs: nowMs + freshMs })
      }
    }
    return wanted.flatMap(id => known.get(id)?.agent ?? [])
  }
}

async function ask(api: WazuhApi, ids: readonly string[]): Promise<WazuhAgent[]> {
  const query = {
    agents_list: ids.join(','),
    select: 'id,name,status,group,os.name,os.version',
    limit: '500',
  }
  const { body } = await api({ method: 'GET', path: '/agents', query }, AbortSignal.timeout(5000))
  return reply.parse(body).data.affected_items.map(item => {
    const operatingSystem = [item.os?.name, item.os?.version].filter(part => part !== undefined).join(' ')
    return {
      agentId: item.id,
      name: item.name,
      ...(operatingSystem === '' ? {} : { operatingSystem }),
      ...(item.status === undefined ? {} : { status: item.status }),
      ...(item.group === undefined ? {} : { groups: item.group }),
    }
  })
}
