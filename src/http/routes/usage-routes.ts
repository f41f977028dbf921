import { driftSetting } from '../../governance/drift/drift-settings.ts'
import { readSetting } from '../../governance/setting.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import {
  alertsAndCases,
  dearestCases,
  type UsageSums,
  usageByDay,
  usageByTask,
  usageByTeam,
} from '../../store/model-usage.ts'
import { type ModelUsage, usageEndpoints } from '../contract-usage.ts'
import { type Route, route } from '../route.ts'

const dayMs = 86_400_000
const shownCases = 20
const units = ['tokens', 'costUsd', 'calls'] as const

/** A limit of models.yaml. */
export type UsageLimit = Readonly<Partial<Record<(typeof units)[number], number | undefined>>>

export interface UsageRouteParts {
  readonly database: Database
  readonly tenant: string
  readonly clock: Clock
  readonly perDay: UsageLimit | undefined
  readonly perTaskPerDay: Readonly<Record<string, UsageLimit | undefined>>
}

/** What models cost. */
export function usageRoutes(parts: UsageRouteParts): Route[] {
  const { database, tenant, clock } = parts
  return [
    route(usageEndpoints.readUsage, async ({ query }) => {
      const toMs = clock.now() + 1
      const period = { fromMs: toMs - query.days * dayMs, toMs }
      const byTask = await usageByTask(database, tenant, period)
      const byDay = await usageByDay(database, tenant, period)
      const counted = await alertsAndCases(database, tenant, period)
      const briefs = byTask.filter(({ task }) => task === 'case-brief')
      const calls = total(briefs, 'calls')
      const perBrief = calls === 0 ? null : total(briefs, 'costUsd') / calls
      const savedCalls = Math.max(0, counted.askedAlerts - calls)
      const { value: drift } = await readSetting(database, tenant, driftSetting)
      const today = await usageByTask(database, tenant, { fromMs: startOfDay(toMs), toMs })
      return {
        ...period,
        byTask,
        byDay,
        byTeam: await usageByTeam(database, tenant, period, drift.groups),
        dearest: await dearestCases(database, tenant, period, shownCases),
        grouping: {
          ...counted,
          calls,
          savedCalls,
          savedUsd: perBrief === null ? null : savedCalls * perBrief,
        },
        monthUsd: forMonth(byDay),
        budgets: budgetsOf(parts, today, toMs),
      }
    }),
  ]
}

const startOfDay = (atMs: number) => Math.floor(atMs / dayMs) * dayMs

function total(rows: readonly UsageSums[], unit: 'calls' | 'costUsd' | 'tokens'): number {
  return rows.reduce(
    (sum, row) => sum + (unit === 'tokens' ? row.inputTokens + row.outputTokens : row[unit]),
    0,
  )
}

/** The mean of the days from the first with a call on, times thirty. */
function forMonth(byDay: ModelUsage['byDay']): number {
  const [first] = byDay
  const last = byDay.at(-1)
  if (first === undefined || last === undefined) return 0
  const days = (Date.parse(last.day) - Date.parse(first.day)) / dayMs + 1
  return (byDay.reduce((sum, each) => sum + each.costUsd, 0) / days) * 30
}

function budgetsOf(
  { perDay, perTaskPerDay }: UsageRouteParts,
  today: readonly (UsageSums & { readonly task: string })[],
  nowMs: number,
): ModelUsage['budgets'] {
  // In the first minutes of a day a forecast would be noise.
  const passed = Math.max((nowMs - startOfDay(nowMs)) / dayMs, 1 / 24)
  const limits: [string, UsageLimit | undefined][] = [['day', perDay], ...Object.entries(perTaskPerDay)]
  return limits.flatMap(([scope, limit]) =>
    units.flatMap(unit => {
      const most = limit?.[unit]
      if (most === undefined) return []
      const rows = scope === 'day' ? today : today.filter(({ task }) => task === scope)
      const spent = total(rows, unit)
      return [{ scope, unit, limit: most, spent, forecast: spent / passed }]
    }),
  )
}
