import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { countRows } from '../../store/counts.ts'
import { countQuarantined, listQuarantined, quarantineCauses } from '../../store/quarantine.ts'
import type { Connection, Settings } from '../contract-settings.ts'
import { settingsEndpoints } from '../contract-settings.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'

export interface SettingsRouteParts {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  readonly version: string
  readonly databaseKind: 'embedded' | 'server'
  readonly databaseVersion: string
  /** Low, medium, high, critical. */
  readonly slaMinutes: readonly number[]
  /** What is connected, as of now. */
  readonly connections: () => {
    readonly sources: readonly Connection[]
    readonly models: readonly Connection[]
    readonly publish: readonly Connection[]
    readonly wazuh: Settings['wazuh']
  }
  readonly sample: {
    readonly offered: () => boolean
    readonly replay: () => Promise<number>
  }
}

const dayMs = 86_400_000

/** What is connected, the sample, and what could not be taken in. */
export function settingsRoutes(parts: SettingsRouteParts): Route[] {
  const { database, tenant } = parts
  return [
    route(settingsEndpoints.readSettings, async () => settingsOf(parts)),
    route(settingsEndpoints.replaySample, async () => {
      if (!parts.sample.offered())
        throw new RequestError('conflict', 'a real source is connected: the sample would mix with its alerts')
      return { alerts: await parts.sample.replay() }
    }),
    route(settingsEndpoints.listQuarantine, async ({ query }) => {
      const position = readCursor(query.cursor, ['number', 'string'])
      const after = position && { atMs: Number(position[0]), id: String(position[1]) }
      const rows = await listQuarantined(database, tenant, after, query.limit + 1)
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      return {
        records: shown.map(({ content, ...row }) => ({ ...row, excerpt: printable(content) })),
        nextCursor: writeCursor(rows.length > query.limit && last ? [last.atMs, last.id] : undefined),
        total: await countQuarantined(database, tenant),
      }
    }),
  ]
}

async function settingsOf(parts: SettingsRouteParts): Promise<Settings> {
  const counts = await countRows(parts.database, parts.tenant)
  const { sources, models, publish, wazuh } = parts.connections()
  const [low = 0, medium = 0, high = 0, critical = 0] = parts.slaMinutes
  return {
    version: parts.version,
    database: { kind: parts.databaseKind, version: parts.databaseVersion },
    sources: [...sources],
    models: [...models],
    publish: [...publish],
    wazuh,
    counts: {
      alerts: counts.alerts,
      cases: counts.cases,
      openCases: counts.openCases,
      quarantined: counts.quarantined,
    },
    unread: await quarantineCauses(parts.database, parts.tenant, parts.clock.now() - dayMs),
    slaMinutes: { low, medium, high, critical },
    sample: { offered: parts.sample.offered(), loaded: counts.sampleCases > 0 },
  }
}

/** Bytes of unknown origin for display: what is not plain text is escaped. */
function printable(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/[^\x20-\x7e\u00a0-\uffff]/g, character => {
    const code = character.codePointAt(0) ?? 0
    return `\\x${code.toString(16).padStart(2, '0')}`
  })
}
