import { existsSync } from 'node:fs'
import type { Config } from '../config.ts'
import type { ManagerLogtest, RuleDeployment } from '../domain/rule-deployment.ts'
import type { Clock } from '../lib/clock.ts'
import { type ActiveResponseClient, openActiveResponse } from '../wazuh/active-response.ts'
import { openActiveResponseChannel } from '../wazuh/active-response-channel.ts'
import { type AgentState, openAgentState } from '../wazuh/agent-state.ts'
import { openAgentLookup, type WazuhAgent } from '../wazuh/agents.ts'
import { activeResponseFor, eventSinkFor } from '../wazuh/by-generation.ts'
import { openContentManager } from '../wazuh/content-manager.ts'
import { apiEventSink, type EventSink } from '../wazuh/event-sink.ts'
import { openWhichWazuh, type WhichWazuh } from '../wazuh/generation.ts'
import { indexSink } from '../wazuh/index-sink.ts'
import { type Indexer, openIndexer } from '../wazuh/indexer.ts'
import { queueSocketSink } from '../wazuh/queue-socket.ts'
import { openManagerLogtest, openRuleFiles } from '../wazuh/rule-files.ts'
import { openWazuhApi } from '../wazuh/server-api.ts'
import { serviceFetch } from './service-fetch.ts'

/** What the settings connect Tocsin to. Each part is there or not; nothing is connected before it is used. */
export interface WazuhParts {
  /** Whether it is Wazuh 4 or 5. */
  readonly which: WhichWazuh
  readonly sink: EventSink | undefined
  /** Whether there is a way to write briefs back, as far as is known now. */
  readonly publishes: () => boolean
  readonly activeResponse: ActiveResponseClient | undefined
  /** Whether there is a way to act, as far as is known now. */
  readonly acts: () => boolean
  readonly indexer: Indexer | undefined
  /** Agents, inventory, SCA and FIM, for reading. */
  readonly agents: AgentState | undefined
  /** Where rules of each kind go, as far as is known now: files on a manager of Wazuh 4, the content manager of Wazuh 5. */
  readonly ruleTargets: () => Readonly<
    Partial<Record<'wazuh' | 'decoders' | 'lists' | 'sigma', RuleDeployment>>
  >
  /** The manager's own test tool. */
  readonly logtest: ManagerLogtest | undefined
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
  const isoNow = () => new Date(clock.now()).toISOString()
  const which = openWhichWazuh({ api, indexer, socketHere: local, set: config.wazuhGeneration, clock })
  const isFive = () => which.known()?.generation === 5
  const events = queue ?? (api && apiEventSink(api))
  const documents = indexer && indexSink(indexer, isoNow)
  const throughApi = api && openActiveResponse(api)
  const throughIndexer = indexer && openActiveResponseChannel(indexer, isoNow)
  const ofFour = api && {
    wazuh: openRuleFiles(api, 'rules'),
    decoders: openRuleFiles(api, 'decoders'),
    lists: openRuleFiles(api, 'lists'),
  }
  const ofFive = indexer && { sigma: openContentManager(indexer) }
  return {
    which,
    sink: config.publish && (events ?? documents) ? eventSinkFor(which, events, documents) : undefined,
    publishes: () => config.publish && (isFive() ? documents : events) !== undefined,
    lookUpAgents: api ? openAgentLookup(api, clock, onTrouble) : async () => [],
    agents: api && openAgentState(api),
    activeResponse: (throughApi ?? throughIndexer) && activeResponseFor(which, throughApi, throughIndexer),
    acts: () => (isFive() ? throughIndexer : throughApi) !== undefined,
    ruleTargets: () => (isFive() ? ofFive : ofFour) ?? {},
    logtest: api && openManagerLogtest(api),
    indexer,
  }
}
