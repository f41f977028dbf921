import type { ActiveResponseClient, SendResult } from './active-response.ts'
import type { EventSink } from './event-sink.ts'
import type { FoundWazuh, WhichWazuh } from './generation.ts'

/**
 * Actions by the way that this Wazuh has for them. While nobody has said which it is, the way of Wazuh 4 is tried where there
 * is one: a server of Wazuh 5 refuses it, having no such path, so nothing can go to the wrong place.
 */
export function activeResponseFor(
  which: WhichWazuh,
  four: ActiveResponseClient | undefined,
  five: ActiveResponseClient | undefined,
): ActiveResponseClient {
  const through = async (
    signal: AbortSignal,
    act: (client: ActiveResponseClient) => Promise<SendResult>,
  ): Promise<SendResult> => {
    const { generation } = await which.ask(signal)
    const client = generation === 5 ? five : four
    if (client !== undefined) return act(client)
    return {
      kind: 'not-sent',
      reason: `nothing was sent: ${missing(generation)}`,
      retryable: generation === undefined,
    }
  }
  return {
    send: (request, signal) => through(signal, client => client.send(request, signal)),
    restartAgent: (agentId, signal) => through(signal, client => client.restartAgent(agentId, signal)),
  }
}

/** Enrichment by the way that this Wazuh has for it: into the analysis of Wazuh 4, or into an index beside the findings of Wazuh 5. */
export function eventSinkFor(
  which: WhichWazuh,
  four: EventSink | undefined,
  five: EventSink | undefined,
): EventSink {
  return async (event, signal) => {
    const { generation } = await which.ask(signal)
    const sink = generation === 5 ? five : generation === 4 ? four : undefined
    if (sink !== undefined) return sink(event, signal)
    return { kind: 'failed', reason: missing(generation) }
  }
}

function missing(generation: FoundWazuh['generation']): string {
  if (generation === undefined)
    return 'Wazuh has not said whether it is 4 or 5 (see tocsin doctor, or set TOCSIN_WAZUH_GENERATION)'
  return generation === 4
    ? 'this is Wazuh 4, which is reached through its server API: set TOCSIN_WAZUH_API_URL'
    : 'this is Wazuh 5, which is reached through its indexer: set TOCSIN_INDEXER_URL'
}
