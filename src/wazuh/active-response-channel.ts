import { AppError, messageOf } from '../lib/app-error.ts'
import { type ActiveResponseClient, oneAgent, type SendResult, separable } from './active-response.ts'
import type { Indexer } from './indexer.ts'

/**
 * Active response of Wazuh 5.x: a document in the data stream `wazuh-active-responses`, which the manager polls every
 * 60 s. Source: migration guide 5.0, "Active response". Restarting an agent has no counterpart there.
 */
export function openActiveResponseChannel(
  indexer: Pick<Indexer, 'request'>,
  isoNow: () => string,
): ActiveResponseClient {
  return {
    async send(request, signal): Promise<SendResult> {
      const agentId = oneAgent(request.agentId)
      const document = {
        '@timestamp': isoNow(),
        wazuh: {
          active_response: {
            name: 'tocsin',
            executable: request.command.replace(/^!/, ''),
            extra_arguments: separable(request.arguments).join(' '),
            type: 'stateless',
            location: 'defined-agent',
            agent_id: agentId,
          },
          agent: { id: agentId },
        },
        data: request.data,
      }
      try {
        await indexer.request('POST', '/wazuh-active-responses/_doc?op_type=create', document, signal)
        return { kind: 'sent' }
      } catch (error) {
        if (error instanceof AppError && error.code === 'indexer-refused')
          return { kind: 'not-sent', reason: error.message, retryable: false }
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
