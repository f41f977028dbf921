import { existsSync } from 'node:fs'
import type { Config } from '../config.ts'
import type { ManagerLogtest, RuleDeployment } from '../domain/rule-deployment.ts'
import type { Clock } from '../lib/clock.ts'
import { type ActiveResponseClient, openActiveResponse } from '../wazuh/active-response.ts'
import { openActiveResponseChannel } from '../wazuh/active-response-channel.ts'
import { type AgentState, openAgentState } from '../wazuh/agent-state.ts'
import { openAgentLookup, type WazuhAgent } from '../wazuh/agents.ts'
import { openContentManager } from '../wazuh/content-manager.ts'
import { apiEventSink, type EventSink } from '../wazuh/event-sink.ts'
import { type Indexer, openIndexer } from '../wazuh/indexer.ts'
import { queueSocketSink } from '../wazuh/queue-socket.ts'
import { openManagerLogtest, openRuleFiles, type RulesetPart } from '../wazuh/rule-files.ts'
import { openWazuhApi } from '../wazuh/server-api.ts'
import { serviceFetch } from './service-fetch.ts'

/** What the settings connect Tocsin to. Each part is there or not; nothing is connected before it is used. */
export interface WazuhParts {
  readonly sink: EventSink | undefined
  readonly activeResponse: ActiveResponseClient | undefined
  readonly indexer: Indexer | undefined
  /** Agents, inventory, SCA and FIM, for reading. */
  readonly agents: AgentState | undefined
  /** Files of rules, decoders and lists on a manager. */
  readonly rulesetFiles: Readonly<Record<RulesetPart, RuleDeployment>> | undefined
  /** The manager's own test tool. */
  readonly logtest: ManagerLogtest | undefined
  /** Sigma rules of Wazuh 5. */
  readonly contentManager: RuleDeployment | undefined
  /** What the server knows of hosts; nothing where it is not connected. */
  readonly lookUpAgents: (agentIds: readonly string[]) => Promise<readonly WazuhAgent[]>
}

const managerPython = '/var/ossec/framework/python/bin/python3'

/** Builds the clients that the settings name. A Wazuh address may be private: an admin wrote it. */
export function openWazuh(config: Config, clock: Clock, onTrouble: (error: unknown) => void): WazuhParts {
  const api =
    config.wazuhApi &&
    openWazuhApi({
      baseUrl: config.wazuhApi.url,
      username: config.wazuhApi.user,
      password: config.wazuhApi.password,
      fetch: serviceFetch(config.wazuhApi),
      clock,
      timeoutMs: 15_000,
    })
  const local = existsSync(config.wazuhQueue)
  const queue = local
    ? queueSocketSink({
        path: config.wazuhQueue,
        python: existsSync(managerPython) ? managerPython : 'python3',
        timeoutMs: 10_000,
      })
    : undefined
  const indexer =
    config.indexer &&
    openIndexer({
      baseUrl: config.indexer.url,
      credentials: { username: config.indexer.user, password: config.indexer.password },
      fetch: serviceFetch(config.indexer),
      timeoutMs: 60_000,
    })
  return {
    sink: config.publish ? (queue ?? (api && apiEventSink(api))) : undefined,
    lookUpAgents: api ? openAgentLookup(api, clock, onTrouble) : async () => [],
    agents: api && openAgentState(api),
    // Wazuh 5 has no `PUT /active-response`; its content manager, which an admin names, comes with the channel instead.
    activeResponse:
      indexer && config.contentManager
        ? openActiveResponseChannel(indexer, () => new Date(clock.now()).toISOString())
        : api && openActiveResponse(api),
    rulesetFiles: api && {
      rules: openRuleFiles(api, 'rules'),
      decoders: openRuleFiles(api, 'decoders'),
      lists: openRuleFiles(api, 'lists'),
    },
    logtest: api && openManagerLogtest(api),
    contentManager: indexer && config.contentManager ? openContentManager(indexer) : undefined,
    indexer,
  }
}
