import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'

/** One authenticated call of the Wazuh server API; throws when there is no answer. */
export type WazuhCall = (
  request: {
    readonly method: 'PUT'
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly body?: Json
  },
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: unknown }>

export interface ActiveResponseRequest {
  /** One agent. Wazuh takes a missing list as *all agents*: that cannot be written here. */
  readonly agentId: string
  /** `!script` for a file in the agent's active-response/bin, else a command of ar.conf. */
  readonly command: string
  readonly arguments: readonly string[]
  /** What the script finds under `parameters.alert.data`. */
  readonly data: { readonly [key: string]: Json }
}

/** `sent`: Wazuh took it, which is not that it was done. `unknown`: it may have been sent. Never tried again blindly. */
export type SendResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'not-sent'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'unknown'; readonly reason: string }

/** What carries actions to endpoints. Two generations of Wazuh implement it. */
export interface ActiveResponseClient {
  send(request: ActiveResponseRequest, signal: AbortSignal): Promise<SendResult>
  restartAgent(agentId: string, signal: AbortSignal): Promise<SendResult>
}

/**
 * Active response through the server API of Wazuh 4.x (`PUT /active-response`, `PUT /agents/{id}/restart`). Source: API
 * reference 4.14. Errors 1701, 1707 and 1750 (no such agent, not active, active response off) come with HTTP 200.
 */
export function openActiveResponse(call: WazuhCall): ActiveResponseClient {
  return {
    send: async (request, signal) => {
      const agentId = oneAgent(request.agentId)
      const body = {
        command: request.command,
        arguments: separable(request.arguments),
        alert: { data: request.data },
      }
      return deliver(
        call,
        { method: 'PUT', path: '/active-response', query: { agents_list: agentId }, body },
        agentId,
        signal,
      )
    },
    restartAgent: async (id, signal) => {
      const agentId = oneAgent(id)
      return deliver(call, { method: 'PUT', path: `/agents/${agentId}/restart`, query: {} }, agentId, signal)
    },
  }
}

/** Whether this was thrown before anything could be sent. */
export function neverSent(error: unknown): error is AppError {
  return (
    error instanceof AppError && (error.code === 'not-one-agent' || error.code === 'argument-not-sendable')
  )
}

/** The agent that this names. Throws `not-one-agent`: nothing, several, all and the manager itself are none. */
export function oneAgent(agentId: string): string {
  if (!/^\d{3,8}$/.test(agentId) || /^0+$/.test(agentId)) {
    throw new AppError(
      'not-one-agent',
      `'${agentId}' does not name one agent other than the manager: nothing was sent`,
    )
  }
  return agentId
}

/**
 * Arguments as both generations carry them: in one text, cut at blanks on the other side. Throws `argument-not-sendable`
 * for one that would not arrive as it was approved.
 */
export function separable(texts: readonly string[]): string[] {
  const wrong = texts.find(text => text === '' || /[\s\0]/.test(text))
  if (wrong !== undefined)
    throw new AppError(
      'argument-not-sendable',
      `the argument ${JSON.stringify(wrong)} is empty or has blanks, at which Wazuh would cut it: nothing was sent`,
    )
  return [...texts]
}

async function deliver(
  call: WazuhCall,
  request: Parameters<WazuhCall>[0],
  agentId: string,
  signal: AbortSignal,
): Promise<SendResult> {
  let reply: Awaited<ReturnType<WazuhCall>>
  try {
    reply = await call(request, signal)
  } catch (error) {
    // Refused before anything was written to the socket, or no telling.
    if (error instanceof AppError && error.code === 'wazuh-unreachable')
      return { kind: 'not-sent', reason: error.message, retryable: true }
    return {
      kind: 'unknown',
      reason: `Wazuh did not answer (${messageOf(error)}): the action may have been sent`,
    }
  }
  if (reply.status === 200) return readEnvelope(reply.body, agentId)
  const reason = `Wazuh answered ${reply.status}: ${detailOf(reply.body)}`
  // A 5xx may come after the message went out; a 4xx is refused before.
  return reply.status >= 500
    ? { kind: 'unknown', reason }
    : { kind: 'not-sent', reason, retryable: reply.status === 429 }
}

/** HTTP 200 holds success, failure and half of each: only the agent's own line in the lists counts. */
function readEnvelope(body: unknown, agentId: string): SendResult {
  const data = member(body, 'data')
  const affected = member(data, 'affected_items')
  if (Array.isArray(affected) && affected.includes(agentId)) return { kind: 'sent' }
  const failed = member(data, 'failed_items')
  const failure = Array.isArray(failed) ? failed.find(item => idsOf(item).includes(agentId)) : undefined
  if (failure !== undefined)
    return {
      kind: 'not-sent',
      reason: `Wazuh refused: ${detailOf(member(failure, 'error'))}`,
      retryable: false,
    }
  return { kind: 'unknown', reason: `Wazuh's answer does not name agent ${agentId}: ${detailOf(body)}` }
}

function idsOf(item: unknown): unknown[] {
  const ids = member(item, 'id')
  return Array.isArray(ids) ? ids : []
}

function detailOf(body: unknown): string {
  const text = member(body, 'detail') ?? member(body, 'message') ?? member(body, 'title')
  return typeof text === 'string' ? text.slice(0, 300) : 'no reason given'
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key] // An object with this own member.
}
