import type { Notice } from '../../domain/notice.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { fisherMore } from '../../lib/statistics.ts'
import {
  type CalibrationRow,
  type DriftRow,
  type DriftTask,
  driftTasks,
  readCalibration,
  readDisagreement,
} from '../../store/drift.ts'
import { readSetting } from '../setting.ts'
import { type DriftSettings, driftSetting } from './drift-settings.ts'

const dayMs = 86_400_000

export interface Share {
  readonly decided: number
  readonly disagreed: number
}

/** How one task fares: lately, before that, and by week. `alarm`: why people are told. */
export interface TaskDrift {
  readonly task: DriftTask
  readonly recent: Share
  readonly baseline: Share
  /** One-sided: how likely so much more disagreement is by chance. */
  readonly p: number
  readonly byWeek: readonly (Share & { readonly weekMs: number })[]
  /** Lately, and how the same group stood before: one shift may drift while all together do not. */
  readonly byGroup: readonly GroupDrift[]
  readonly alarm: string | null
}

export interface GroupDrift extends Share {
  readonly group: string
  readonly before: Share
  readonly alarm: string | null
}

/** How sure proposals are against how often they are right. */
export interface TaskCalibration {
  readonly task: CalibrationRow['task']
  readonly proposals: number
  /** The mean distance between how sure and how often right, weighted by proposals. */
  readonly error: number
  readonly brier: number
  readonly tenths: readonly Pick<CalibrationRow, 'tenth' | 'proposals' | 'meanConfidence' | 'right'>[]
  readonly alarm: string | null
}

export interface Drift {
  readonly fromMs: number
  readonly recentFromMs: number
  readonly toMs: number
  readonly tasks: readonly TaskDrift[]
  readonly calibration: readonly TaskCalibration[]
}

/** Disagreement and calibration as they stand now. */
export async function readDrift(database: Database, tenant: string, nowMs: number): Promise<Drift> {
  const { value: settings } = await readSetting(database, tenant, driftSetting)
  const recentFromMs = nowMs + 1 - settings.recentDays * dayMs
  const fromMs = recentFromMs - settings.baselineDays * dayMs
  const toMs = nowMs + 1
  const [before, recent, calibration] = await Promise.all([
    readDisagreement(database, tenant, { fromMs, toMs: recentFromMs }),
    readDisagreement(database, tenant, { fromMs: recentFromMs, toMs }),
    readCalibration(database, tenant, { fromMs, toMs }),
  ])
  return {
    fromMs,
    recentFromMs,
    toMs,
    tasks: driftTasks.flatMap(task => {
      const of = (rows: readonly DriftRow[]) => rows.filter(row => row.task === task)
      return before.length + recent.length === 0
        ? []
        : (taskDrift(task, of(before), of(recent), settings) ?? [])
    }),
    calibration: (['triage-code', 'case-brief'] as const).flatMap(
      task =>
        taskCalibration(
          task,
          calibration.filter(row => row.task === task),
          settings,
        ) ?? [],
    ),
  }
}

function taskDrift(
  task: DriftTask,
  before: readonly DriftRow[],
  lately: readonly DriftRow[],
  settings: DriftSettings,
): TaskDrift | undefined {
  const rows = [...before, ...lately]
  if (rows.length === 0) return undefined
  const [recent, baseline] = [sum(lately), sum(before)]
  const rise = judgeRise(recent, baseline, settings)
  const groupOf = (row: DriftRow) => settings.groups[row.byId] ?? row.role ?? 'left'
  const groupsBefore = new Map(summedBy(before, groupOf))
  return {
    task,
    recent,
    baseline,
    p: rise.p,
    byWeek: summedBy(rows, row => String(row.weekMs)).map(([weekMs, share]) => ({
      weekMs: Number(weekMs),
      ...share,
    })),
    byGroup: summedBy(lately, groupOf).map(([group, share]) => {
      const earlier = groupsBefore.get(group) ?? { decided: 0, disagreed: 0 }
      return {
        group,
        ...share,
        before: earlier,
        alarm: alarmOf(share, earlier, judgeRise(share, earlier, settings)),
      }
    }),
    alarm: alarmOf(recent, baseline, rise),
  }
}

/** Why people are told that they disagree more than they did; null: too few judgements, too small a rise, or chance. */
function alarmOf(recent: Share, baseline: Share, { p, much }: ReturnType<typeof judgeRise>): string | null {
  if (!much) return null
  const chance = p < 0.0001 ? 'under 0.0001' : p.toFixed(4)
  return `people disagree with ${percent(recent)}, before that with ${percent(baseline)} (p ${chance})`
}

/** Whether people disagree so much more with the first than with the second that chance does not explain it. */
export function judgeRise(
  recent: Share,
  baseline: Share,
  settings: Pick<DriftSettings, 'leastDecided' | 'rise' | 'p'>,
): { readonly p: number; readonly much: boolean } {
  const p = fisherMore(
    { hits: recent.disagreed, of: recent.decided },
    { hits: baseline.disagreed, of: baseline.decided },
  )
  const enough = Math.min(recent.decided, baseline.decided) >= settings.leastDecided
  return { p, much: enough && shareOf(recent) - shareOf(baseline) >= settings.rise && p < settings.p }
}

/** `40 % of 20`. */
export const percent = (share: Share) => `${Math.round(shareOf(share) * 100)} % of ${share.decided}`

function taskCalibration(
  task: CalibrationRow['task'],
  rows: readonly CalibrationRow[],
  settings: DriftSettings,
): TaskCalibration | undefined {
  const proposals = rows.reduce((total, row) => total + row.proposals, 0)
  if (proposals === 0) return undefined
  const error =
    rows.reduce((total, row) => total + Math.abs(row.meanConfidence * row.proposals - row.right), 0) /
    proposals
  const brier = rows.reduce((total, row) => total + row.squares, 0) / proposals
  return {
    task,
    proposals,
    error,
    brier,
    tenths: rows.map(({ tenth, proposals: count, meanConfidence, right }) => ({
      tenth,
      proposals: count,
      meanConfidence,
      right,
    })),
    alarm:
      proposals >= settings.leastDecided && error > settings.calibrationError
        ? `how sure it says to be is off by ${Math.round(error * 100)} points over ${proposals} decided cases`
        : null,
  }
}

/** All of them together. */
export function sum(rows: readonly Share[]): Share {
  return {
    decided: rows.reduce((total, row) => total + row.decided, 0),
    disagreed: rows.reduce((total, row) => total + row.disagreed, 0),
  }
}

const shareOf = ({ decided, disagreed }: Share) => (decided === 0 ? 0 : disagreed / decided)

function summedBy(rows: readonly DriftRow[], key: (row: DriftRow) => string): [string, Share][] {
  const groups = Map.groupBy(rows, key)
  return [...groups]
    .map(([name, members]): [string, Share] => [name, sum(members)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** What people are told of: each alarm once a week. */
export async function driftNotices(
  parts: { readonly database: Database; readonly clock: Clock },
  tenant: string,
): Promise<Notice[]> {
  const atMs = parts.clock.now()
  const { tasks, calibration } = await readDrift(parts.database, tenant, atMs)
  const week = Math.floor(atMs / (7 * dayMs))
  const notice = (kind: string, task: string): Notice => ({
    key: `model-drift:${kind}:${task}:${week}`,
    event: 'model-drift',
    subject: task,
    facts: { path: '/learning?tab=drift' },
    atMs,
  })
  return [
    ...tasks.flatMap(each => (each.alarm === null ? [] : [notice('disagreement', each.task)])),
    // Where all together are told of, their groups are on the same page.
    ...tasks.flatMap(each =>
      each.alarm === null && each.byGroup.some(({ alarm }) => alarm !== null)
        ? [notice('disagreement-group', each.task)]
        : [],
    ),
    ...calibration.flatMap(each => (each.alarm === null ? [] : [notice('calibration', each.task)])),
  ]
}
