import type { Config } from '../config.ts'
import { assertNever, messageOf } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { alertsFileState } from '../main/alerts-file-state.ts'
import { openWazuh } from '../main/wazuh.ts'
import { alertPatterns, describeWazuh } from '../wazuh/generation.ts'
import { briefsIndex } from '../wazuh/index-sink.ts'
import type { Io } from './command.ts'
import type { Finding } from './doctor.ts'

export async function alertsFile({ alertsFile: path }: Config): Promise<Finding[]> {
  const check = 'alerts file'
  if (path === undefined) return [{ check, state: 'off', detail: 'TOCSIN_ALERTS_FILE is off' }]
  const state = await alertsFileState(path)
  switch (state.kind) {
    case 'readable':
      return [{ check, state: 'ok', detail: `${path} is readable` }]
    case 'missing':
      return [
        {
          check,
          state: 'off',
          detail: `${path} is not there`,
          hint: 'On a Wazuh 4 manager it would be followed.',
        },
      ]
    case 'unreadable':
      return [{ check, state: 'failed', detail: `${path} cannot be read: ${state.why}`, hint: state.hint }]
    default:
      return assertNever(state)
  }
}

export async function indexer(config: Config, io: Io): Promise<Finding[]> {
  const check = 'indexer'
  if (config.indexer === undefined)
    return [
      {
        check,
        state: 'off',
        detail: 'not connected',
        hint: 'Set TOCSIN_INDEXER_URL, TOCSIN_INDEXER_USER, TOCSIN_INDEXER_PASSWORD and TOCSIN_INDEXER_CA.',
      },
    ]
  try {
    const { indexer: client } = openWazuh(config, systemClock, () => {})
    const path = `/${alertPatterns[4]},${alertPatterns[5]}/_search?size=0&terminate_after=1`
    await client?.request('POST', path, undefined, io.signal)
    return [{ check, state: 'ok', detail: `${config.indexer.url} answers searches` }]
  } catch (error) {
    return [
      {
        check,
        state: 'failed',
        detail: messageOf(error),
        hint: 'Check address, user and TOCSIN_INDEXER_CA (root-ca.pem of the indexer).',
      },
    ]
  }
}

export async function wazuhApi(config: Config): Promise<Finding[]> {
  const check = 'wazuh api'
  if (config.wazuhApi === undefined)
    return [
      {
        check,
        state: 'off',
        detail: 'not connected',
        hint: 'Set TOCSIN_WAZUH_API_URL, TOCSIN_WAZUH_API_USER, TOCSIN_WAZUH_API_PASSWORD and TOCSIN_WAZUH_API_CA.',
      },
    ]
  let trouble: string | undefined
  const wazuh = openWazuh(config, systemClock, error => {
    trouble = messageOf(error)
  })
  await wazuh.lookUpAgents(['000'])
  return trouble === undefined
    ? [{ check, state: 'ok', detail: `${config.wazuhApi.url} answers` }]
    : [{ check, state: 'failed', detail: trouble }]
}

/** Which generation was found, and by what: sources, actions, rules and what is written back go by it. */
export async function wazuhGeneration(config: Config, io: Io): Promise<Finding[]> {
  const check = 'wazuh'
  const found = await openWazuh(config, systemClock, () => {}).which.ask(io.signal)
  const detail = describeWazuh(found)
  if (found.generation !== undefined) return [{ check, state: 'ok', detail }]
  if (found.server === undefined && found.indexer === undefined)
    return [{ check, state: 'off', detail: 'no Wazuh is connected that could be asked' }]
  return [
    {
      check,
      state: 'warning',
      detail,
      hint: 'Until it says, alerts of both are looked for; or set TOCSIN_WAZUH_GENERATION to 4 or 5.',
    },
  ]
}

export async function publishing(config: Config, io: Io): Promise<Finding[]> {
  const check = 'publishing'
  if (!config.publish) return [{ check, state: 'off', detail: 'TOCSIN_PUBLISH is off' }]
  const wazuh = openWazuh(config, systemClock, () => {})
  const { generation } = await wazuh.which.ask(io.signal)
  if (!wazuh.publishes())
    return [
      { check, state: 'off', detail: 'there is no local manager and no server API to write briefs back to' },
    ]
  const where = generation === 5 ? `into ${briefsIndex}, beside the findings` : 'to Wazuh'
  return [{ check, state: 'ok', detail: `briefs are written back ${where}` }]
}
