import { existsSync, readFileSync } from 'node:fs'
import type { Config, ServiceAddress } from '../config.ts'
import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import { type ActiveResponseClient, openActiveResponse } from '../wazuh/active-response.ts'
import { openAgentLookup, type WazuhAgent } from '../wazuh/agents.ts'
import { apiEventSink, type EventSink } from '../wazuh/event-sink.ts'
import { type Indexer, openIndexer } from '../wazuh/indexer.ts'
import { queueSocketSink } from '../wazuh/queue-socket.ts'
import { openRuleFiles } from '../wazuh/rule-files.ts'
import { openWazuhApi } from '../wazuh/server-api.ts'

/** What the settings connect Tocsin to. Each part is there or not; nothing is connected before it is used. */
export interface WazuhParts {
  readonly sink: EventSink | undefined
  readonly activeResponse: ActiveResponseClient | undefined
  readonly indexer: Indexer | undefined
  readonly ruleFiles: RuleDeployment | undefined
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
      fetch: fetchFor(config.wazuhApi),
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
  return {
    sink: config.publish ? (queue ?? (api && apiEventSink(api))) : undefined,
    lookUpAgents: api ? openAgentLookup(api, clock, onTrouble) : async () => [],
    activeResponse: api && openActiveResponse(api),
    ruleFiles: api && openRuleFiles(api),
    indexer:
      config.indexer &&
      openIndexer({
        baseUrl: config.indexer.url,
        credentials: { username: config.indexer.user, password: config.indexer.password },
        fetch: fetchFor(config.indexer),
        timeoutMs: 60_000,
      }),
  }
}

function fetchFor(service: ServiceAddress): typeof globalThis.fetch {
  const url = new URL(service.url)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const rule = {
    host: url.hostname,
    port,
    addresses: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  }
  return createEgressFetch({
    rules: [rule],
    ...(service.caFile === undefined ? {} : { extraCa: [readCa(service.caFile)] }),
  }).fetch
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AppError('bad-usage', `cannot read the certificate authority ${path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
