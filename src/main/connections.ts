import { existsSync } from 'node:fs'
import type { Connection } from '../http/contract-settings.ts'
import { describeWazuh } from '../wazuh/generation.ts'
import type { Application } from './application.ts'

/** What is connected, and in one line each how to connect what is not. */
export function connectionsOf(app: Application) {
  const { config } = app
  const sources: Connection[] = [
    source(app, 'alerts-file', 'alerts-file', config.alertsFile !== undefined, {
      detail: `follows ${config.alertsFile ?? 'no alerts.json'}`,
      hint: 'On a Wazuh 4 manager: run Tocsin there as a user of the group wazuh; or set TOCSIN_ALERTS_FILE.',
    }),
    source(app, 'indexer', 'indexer', config.indexer !== undefined, {
      detail: config.indexer?.url ?? 'no indexer',
      hint: 'From anywhere: set TOCSIN_INDEXER_URL, _USER, _PASSWORD and _CA (root-ca.pem) to poll the Wazuh indexer.',
    }),
    ...(config.indexer === undefined
      ? []
      : [
          source(app, 'indexer-findings', 'indexer', true, {
            detail: 'findings of Wazuh 5',
            hint: 'It begins by itself once the indexer is of Wazuh 5, or holds its findings; or set TOCSIN_WAZUH_GENERATION.',
          }),
        ]),
    source(app, 'webhook', 'webhook', true, {
      detail: 'waits at POST /api/webhook',
      hint: 'From the manager: install deploy/wazuh/custom-tocsin and an <integration> with an API token of scope ingest.',
    }),
  ]
  const local = existsSync(config.wazuhQueue)
  const publish: Connection[] = [
    {
      name: 'wazuh-queue',
      kind: 'wazuh-queue',
      state: !config.publish || !local ? 'not-configured' : 'connected',
      detail: local ? config.wazuhQueue : 'no Wazuh manager on this machine',
      hint: local
        ? null
        : 'To write briefs back from another machine, set TOCSIN_WAZUH_API_URL, _USER, _PASSWORD and _CA.',
      received: null,
      lastReceivedMs: null,
    },
    {
      name: 'wazuh-api',
      kind: 'wazuh-api',
      state: config.wazuhApi === undefined ? 'not-configured' : 'connected',
      detail: config.wazuhApi?.url ?? 'no Wazuh server API',
      hint: config.wazuhApi === undefined ? 'Set TOCSIN_WAZUH_API_URL, _USER, _PASSWORD and _CA.' : null,
      received: null,
      lastReceivedMs: null,
    },
  ]
  const models: Connection[] = []
  const found = app.wazuh.which.known()
  const wazuh = {
    generation: found?.generation ?? null,
    detail: found === undefined ? 'not asked yet' : describeWazuh(found),
  }
  return { sources, publish, models, wazuh }
}

function source(
  app: Application,
  name: string,
  kind: Connection['kind'],
  configured: boolean,
  text: { readonly detail: string; readonly hint: string },
): Connection {
  const report = app.monitor.report(name)
  const state = configured ? (report?.state.kind ?? 'waiting') : 'not-configured'
  return {
    name,
    kind,
    state,
    detail: report?.state.detail ?? text.detail,
    hint: state === 'connected' ? null : text.hint,
    received: report?.received ?? null,
    lastReceivedMs: report?.lastReceivedMs ?? null,
  }
}
