import { messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { ActiveResponseClient, SendResult } from './active-response.ts'

/** Appends one document to a data stream of the indexer; returns the HTTP status. Throws when there is no answer. */
export type AppendDocument = (stream: string, document: Json, signal: AbortSignal) => Promise<number>

/**
 * Active response of Wazuh 5.x: a document in the data stream `wazuh-active-responses`, which the manager polls every
 * 60 s. Source: migration guide 5.0, "Active response". Restarting an agent has no counterpart there.
 */
export function openActiveResponseChannel(
  append: AppendDocument,
  isoNow: () => string,
): ActiveResponseClient {
  return {
    async send(request, signal): Promise<SendResult> {
      const document = {
        '@timestamp': isoNow(),
        wazuh: {
          active_response: {
            name: 'tocsin',
            executable: request.command.replace(/^!/, ''),
            extra_arguments: request.arguments.join(' '),
            type: 'stateless',
            location: 'defined-agent',
            agent_id: request.agentId,
          },
          agent: { id: request.agentId },
        },
        data: request.data,
      }
      try {
        const status = await append('wazuh-active-responses', document, signal)
        if (status === 200 || status === 201) return { kind: 'sent' }
        const reason = `the indexer answered ${status}`
        return status >= 500
          ? { kind: 'unknown', reason }
          : { kind: 'not-sent', reason, retryable: status === 429 }
      } catch (error) {
        return {
          kind: 'unknown',
          reason: `the indexer did not answer (${messageOf(error)}): the action may have been sent`,
        }
      }
    },
    async restartAgent() {
      return {
        kind: 'not-sent',
        reason: 'Wazuh 5 has no way to restart an agent from outside',
        retryable: false,
      }
    },
  }
}
