import type { Sql } from '../../lib/database.ts'
import { readProfileDisagreement } from '../../store/drift.ts'
import { listRuns } from '../../store/evaluation-runs.ts'
import type { StoredProfile } from '../../store/model-profiles.ts'
import { driftSetting } from '../drift/drift-settings.ts'
import { judgeRise, percent, sum } from '../drift/judge-drift.ts'
import { readSetting } from '../setting.ts'
import { gateRunOf } from './gate-run.ts'
import type { GateSettings } from './gate-settings.ts'
import { suiteChecks } from './judge-gate.ts'

const dayMs = 86_400_000

/**
 * Why a profile in use has become worse than what let it in, or undefined: an evaluation since then does not pass the gate any more, or
 * people decide otherwise than it proposes, more often than they did with other profiles and with itself before. `recentDays`, `rise` and
 * the others are those of drift.
 */
export async function whyRegressed(
  sql: Sql,
  tenant: string,
  profile: Pick<StoredProfile, 'id' | 'sinceMs'>,
  gates: GateSettings,
  nowMs: number,
): Promise<string | undefined> {
  const runs = (await listRuns(sql, tenant, 200, profile.id))
    .filter(({ createdMs }) => createdMs > profile.sinceMs)
    .flatMap(run => gateRunOf(run) ?? [])
  const suites = Object.entries(gates.suites).filter(([suite]) => runs.some(run => run.suite === suite))
  const settings = { ...gates, suites: Object.fromEntries(suites) }
  const failed = suiteChecks({ settings, runs, nowMs }).find(check => !check.passed)
  if (failed !== undefined) return `it does not pass ${failed.name} any more: ${failed.detail}`
  return whyContradicted(sql, tenant, profile, nowMs)
}

async function whyContradicted(
  sql: Sql,
  tenant: string,
  { id, sinceMs }: Pick<StoredProfile, 'id' | 'sinceMs'>,
  nowMs: number,
): Promise<string | undefined> {
  const { value: drift } = await readSetting(sql, tenant, driftSetting)
  const recentFromMs = Math.max(sinceMs, nowMs + 1 - drift.recentDays * dayMs)
  const lately = await readProfileDisagreement(sql, tenant, { fromMs: recentFromMs, toMs: nowMs + 1 })
  const own = sum(lately.filter(({ profile }) => profile === id))
  // What comes behind costs more, and too few decided cases say nothing.
  if (own.decided < drift.leastDecided) return undefined
  const fromMs = recentFromMs - drift.baselineDays * dayMs
  const before = await readProfileDisagreement(sql, tenant, { fromMs, toMs: recentFromMs })
  const others = sum([...before, ...lately.filter(({ profile }) => profile !== id)])
  const rise = judgeRise(own, others, drift)
  return rise.much
    ? `people decide otherwise than ${percent(own)} of its verdicts, than ${percent(others)} of those before and beside it (p ${rise.p.toFixed(4)})`
    : undefined
}
